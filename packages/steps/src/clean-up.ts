/** The clean-ups of steps, apart from the steps: what runs at a job's end loads no more than it needs. */
export { cleanUpAwsCredentials } from './aws/clean-up.ts';
export { cleanUpEntraToken } from './entra/clean-up.ts';
export { cleanUpTokenExchange } from './token-exchange/clean-up.ts';
