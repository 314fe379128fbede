import { shellWord } from '@fedbridge/core/shell-word';

/** What a tool takes for the name of a file or an address to read in the place of a value. */
const isReadBy = {
  // AWS CLI User Guide, "Loading a parameter from a file"; addresses in version 1, but for a provider's [awscli/paramfile.py].
  aws: (name: string, value: string) => /^fileb?:\/\//.test(value) || (name !== 'url' && /^https?:\/\//.test(value)),
  // azure-cli, `_expand_file_prefixed_files`: all after the first `=`.
  az: (_name: string, value: string) => value.startsWith('@'),
} as const;

/**
 * A command line for a POSIX shell: each value in one word with the name of its option, so that none is an option itself. Undefined
 * where a value stands for a file or an address, or has characters that act where they are printed, which nothing escapes there.
 *
 * @param options - names without dashes
 */
export function command(
  tool: keyof typeof isReadBy,
  words: string,
  options: Readonly<Record<string, string>>,
): string | undefined {
  const cannotBeSaid = ([name, value]: [string, string]) =>
    isReadBy[tool](name, value) || /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(value);
  if (Object.entries(options).some(cannotBeSaid)) return undefined;
  return [
    tool,
    words,
    ...Object.entries(options).map(([name, value]) => `--${name}${sign(name)}${shellWord(value)}`),
  ].join(' ');
}

/** The AWS CLI misses what it requires unless this one is a word of its own [awscli/customizations/arguments.py]; its value is an object. */
const sign = (name: string) => (name === 'cli-input-json' ? ' ' : '=');

/** Lines that a shell leaves alone, for a reader to take one of: what replaces something must not run because it was pasted. */
export function commented(why: string, lines: readonly string[]): string {
  return [`# ${why}`, ...lines.map((line) => `# ${line}`)].join('\n');
}
