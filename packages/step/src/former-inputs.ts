import { FedbridgeError, kebabCase } from '@fedbridge/core';
import type { Host } from './host.ts';
import { dependsOn, type InputDefinition } from './input.ts';

/**
 * An input of a tool that a step takes the place of, which it does not have itself. Both platforms hand it to the step all the same.
 * A secret, and one that says who the job shall be, fails the step: whoever wrote it counts on it. Any other is warned of.
 */
export interface FormerInput {
  readonly is: 'a secret' | 'an identity' | 'something else';
  /** What to do instead, a sentence. @param shown - the name of an input or output as this platform's users write it */
  readonly instead: (shown: (name: string) => string, host: Pick<Host, 'hasServiceConnections'>) => string;
  /** A value that asks for nothing, beside `false`. */
  readonly usual?: string;
}

/** Names in camel case, as those of a step's own inputs. */
export type FormerInputs = Readonly<Record<string, FormerInput>>;

/** @throws FedbridgeError `INPUT_INVALID` */
export function checkFormerInputs(host: Host, former: FormerInputs = {}): void {
  const shown = host.inputName.bind(host);
  for (const [name, { is, instead, usual }] of Object.entries(former)) {
    // Whoever moves from one platform to the other may have the other's name.
    for (const given of [shown(name), ...namesElsewhere(name, host)]) {
      const value = host.input(given).trim();
      if (value === '' || /^false$/i.test(value) || value.toLowerCase() === usual?.toLowerCase()) continue;
      const hint = instead(shown, host);
      if (is === 'something else') {
        host.warning(`Input "${given}" does nothing here. ${hint}`);
        continue;
      }
      if (is === 'a secret') host.mask(value);
      const why = is === 'a secret' ? 'is a stored secret, which this step does not take' : 'is not one of this step';
      throw new FedbridgeError('INPUT_INVALID', `Input "${given}" ${why}.`, { hint });
    }
  }
}

/** How an input is handed over under the name that it has on another platform. */
function namesElsewhere(name: string, host: Host): readonly string[] {
  const here = host.inputName(name).toLowerCase();
  return [...new Set([kebabCase(name), name.toLowerCase()])].filter((one) => one !== here);
}

/**
 * A guard under the name that it has on the other platform would guard nothing: neither platform fails a step for an input that it does
 * not have.
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function checkGuardNames(host: Host, definitions: Readonly<Record<string, InputDefinition>>): void {
  for (const [name, definition] of Object.entries(definitions)) {
    if (!dependsOn(definition)) continue;
    const other = namesElsewhere(name, host).find((one) => host.input(one) !== '');
    if (other === undefined) continue;
    throw new FedbridgeError('INPUT_INVALID', `Input "${other}" is called "${host.inputName(name)}" here.`, {
      hint: 'What is delivered depends on it, so nothing was asked for.',
    });
  }
}
