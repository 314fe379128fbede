import type { Host } from './host.ts';

const state = 'exportedVariables';

type Before = Record<string, { readonly value: string; readonly isSecret: boolean }>;

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
  for (const name of added) {
    const { value, isSecret } = host.variable(name);
    before[name] = { value, isSecret: isSecret || isSecretName(name) };
  }
  host.saveState(state, JSON.stringify(before));
}

/** Puts back what `exportVariables` changed: neither platform can take a variable away, so a new one becomes empty. */
export async function restoreVariables(host: Host): Promise<void> {
  const before = previous(host);
  if (Object.keys(before).length === 0) return;
  for (const [name, { value, isSecret }] of Object.entries(before)) {
    if (isSecret && value !== '') host.exportSecretVariable(name, value);
    else host.exportVariable(name, value);
  }
  host.publish();
  forgetVariables(host);
}

/** For a step that published nothing: nothing is to be put back. */
export function forgetVariables(host: Host): void {
  host.saveState(state, '');
}

/** Whether what a variable of this name holds is a secret by what it is called: `…_TOKEN` is, `…_TOKEN_FILE` is not. */
function isSecretName(name: string): boolean {
  return /(SECRET|TOKEN|PASSWORD|_KEY|_PAT|_HEADER|_CERTIFICATE)$/i.test(name);
}

function previous(host: Host): Before {
  const saved = host.state(state);
  return saved === '' ? {} : (JSON.parse(saved) as Before);
}
