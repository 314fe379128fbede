import { FedbridgeError, oneInertLine } from '@fedbridge/core';

/**
 * A command as a profile's `credential_process` has it, with the same words for every reader of it: a shell (AWS SDKs for Go, JavaScript,
 * Java and Rust), Python's `shlex` (botocore), and the INI readers of Go, of which one ends a value at a second quote and the other takes
 * the outer ones away. So its first word has no quotes, and further ones only where they are needed. What follows a blank and # or ; is a
 * comment to AWS SDKs for Go, JavaScript and Java 2, in quotes too: such a word is refused.
 *
 * @throws FedbridgeError `DELIVERY_FAILED`
 */
export function processCommand(words: readonly string[]): string {
  for (const word of words) if (/\p{Cc}|\s[#;]/u.test(word)) throw unreadable(word);
  if (process.platform === 'win32') return words.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(' ');
  const [program = '', ...others] = words;
  if (!isPlain(program)) throw unreadable(program);
  return [program, ...others.map((word) => (isPlain(word) ? word : shellQuoted(word)))].join(' ');
}

/** A text as one word of a POSIX shell. */
export const shellQuoted = (word: string) => `'${word.replaceAll("'", String.raw`'\''`)}'`;

const isPlain = (word: string) => /^[\w./@%+=:,-]+$/.test(word);

function unreadable(word: string): FedbridgeError {
  return new FedbridgeError('DELIVERY_FAILED', `No profile can name a program in ${oneInertLine(word)}.`, {
    hint:
      'AWS SDKs take what follows a blank and # or ; for a comment, and a file of profiles has no control characters. Have ' +
      'jobs run in another folder.',
  });
}
