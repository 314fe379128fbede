import type { Host } from './host.ts';

const state = 'exportedVariables';

/** Sets variables for the rest of the job, and has the step's cleanup put back what was there. */
export function exportVariables(host: Host, variables: Readonly<Record<string, string>>): void {
  remember(host, variables);
  for (const [name, value] of Object.entries(variables)) host.exportVariable(name, value);
}

/** The same with secret values, which the platform hides and may not hand to scripts by itself. */
export function exportSecretVariables(host: Host, variables: Readonly<Record<string, string>>): void {
  remember(host, variables);
  for (const [name, value] of Object.entries(variables)) host.exportSecretVariable(name, value);
}

function remember(host: Host, variables: Readonly<Record<string, string>>): void {
  const before = previous(host);
  for (const name of Object.keys(variables)) {
    if (!Object.hasOwn(before, name)) before[name] = host.system.environment[name] ?? '';
  }
  host.saveState(state, JSON.stringify(before));
}

/** Puts back what `exportVariables` changed: neither platform can take a variable away, so a new one becomes empty. */
export function restoreVariables(host: Host): void {
  for (const [name, value] of Object.entries(previous(host))) host.exportVariable(name, value);
}

function previous(host: Host): Record<string, string> {
  const saved = host.state(state);
  return saved === '' ? {} : (JSON.parse(saved) as Record<string, string>);
}
