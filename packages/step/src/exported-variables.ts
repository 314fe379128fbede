import { FedbridgeError } from '@fedbridge/core';
import type { Host } from './host.ts';
import { secrecyOf, type ValueBefore } from './secrecy.ts';

const state = 'exportedVariables';

/** Sets variables for the rest of the job, and has the step's clean-up put back what was there. */
export function exportVariables(host: Host, variables: Readonly<Record<string, string>>): void {
  remember(host, Object.keys(variables));
  for (const [name, value] of Object.entries(variables)) host.exportVariable(name, value);
}

/** The same with secret values, which the platform hides and may not hand to scripts by itself. */
export function exportSecretVariables(host: Host, variables: Readonly<Record<string, string>>): void {
  remember(host, Object.keys(variables));
  for (const [name, value] of Object.entries(variables)) host.exportSecretVariable(name, value);
}

function remember(host: Host, names: readonly string[]): void {
  const before = previous(host);
  const added = names.filter((name) => !Object.hasOwn(before, name));
  if (added.length === 0) return;
  for (const name of added) before[name] = beforeThis(host, name);
  host.saveState(state, JSON.stringify(before));
}

/** What tools found by a variable: where an empty `no_proxy` counts (Python's urllib, Node's undici), it would hide `NO_PROXY`. */
function beforeThis(host: Host, name: string): ValueBefore {
  const before = host.variable(name);
  return before.value === '' && name === 'no_proxy' ? host.variable('NO_PROXY') : before;
}

/** Puts back what `exportVariables` changed: neither platform can take a variable away, so a new one becomes empty. */
export async function restoreVariables(host: Host): Promise<void> {
  const before = previous(host);
  if (Object.keys(before).length === 0) return;
  for (const [name, was] of Object.entries(before)) putBack(host, name, was);
  host.publish();
  forgetVariables(host);
}

/** For a step that published nothing: nothing is to be put back. */
export function forgetVariables(host: Host): void {
  host.saveState(state, '');
}

function putBack(host: Host, name: string, was: ValueBefore): void {
  const secrecy = secrecyOf(name, was);
  if (secrecy === 'hidden') host.mask(was.value);
  if (secrecy === 'secret') putSecretBack(host, name, was.value);
  else host.exportVariable(name, was.value);
}

function putSecretBack(host: Host, name: string, value: string): void {
  try {
    host.exportSecretVariable(name, value);
  } catch (error) {
    if (!(error instanceof FedbridgeError)) throw error;
    // In clear for every later script is not how it was there.
    host.exportVariable(name, '');
    host.warning(`${name} is not put back, and is empty for what runs after this. ${error.message}`);
  }
}

function previous(host: Host): Record<string, ValueBefore> {
  const saved = host.state(state);
  return saved === '' ? {} : (JSON.parse(saved) as Record<string, ValueBefore>);
}
