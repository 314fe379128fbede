/** Inputs as a step is handed them, of the texts that a host has. */
export { readInputs } from '../../packages/step/src/on-host.ts';
