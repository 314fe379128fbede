import type { FedbridgeError } from './error.ts';

/**
 * How a reader's platform writes the name of an input or output.
 *
 * @param name - in camel case, `roleToAssume`
 * @param of - which of several things it is about, for an output of each
 */
export type NameOf = (name: string, of?: string) => string;

/**
 * A text in which names of inputs and outputs stand marked, `{roleToAssume}` and `{<name>:accessToken}`, as readers of a platform see
 * it: what describes an input, and what says which one to look at, is written once for all platforms.
 */
export function withNames(text: string, nameOf: NameOf): string {
  return text.replace(/\{(?:([^{}:]+):)?([a-z][A-Za-z]*)\}/g, (_marked, of: string | undefined, name: string) =>
    nameOf(name, of),
  );
}

/** An error whose message and hint have the names that the reader knows. What repeats the user's own words stays as it is. */
export function errorWithNames(error: FedbridgeError, nameOf: NameOf): FedbridgeError {
  const { hint, given } = error.detail;
  const [before = '', ...after] = given === undefined ? [error.message] : error.message.split(given);
  const message = [before, ...after].map((text) => withNames(text, nameOf)).join(given);
  return error.with({ hint: hint && withNames(hint, nameOf) }, message);
}

/** `roleToAssume` as GitHub's inputs and outputs are written: `role-to-assume`. */
export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
