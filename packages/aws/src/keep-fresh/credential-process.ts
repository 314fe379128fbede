import { promises } from 'node:fs';
import { join } from 'node:path';
import { FedbridgeError, oneInertLine } from '@fedbridge/core';

/** The script in the broker's folder. It has no secret in it. */
const launcher = 'credentials';

/**
 * Writes what a profile's `credential_process` runs, and tells how.
 *
 * The command has the same words for every reader of it: a shell (AWS SDKs for Go, JavaScript, Java and Rust), Python's `shlex`
 * (botocore), and the INI readers of Go, of which one ends a value at a second quote and the other takes the outer ones away. So its first
 * word has no quotes, and further ones only where the path of the job's temp folder needs them. What follows a blank and # or ; is a
 * comment to AWS SDKs for Go, JavaScript and Java 2, in quotes too: such a path is refused where a command has it.
 *
 * @param folder - the broker's
 * @param script - the file that calls `runBroker`
 * @returns the command for a role, by its name at the broker; throws `DELIVERY_FAILED` where the path cannot be part of one
 * @throws FedbridgeError `DELIVERY_FAILED`
 */
export async function writeCredentialProcess(folder: string, script: string): Promise<(role: string) => string> {
  if (process.platform === 'win32') {
    const words = [process.execPath, script, 'credentials', folder];
    return (role) => [...words.map(readable), role].map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(' ');
  }
  const words = [process.execPath, script, 'credentials', folder].map(quoted);
  const path = join(folder, launcher);
  // From the folder, where the socket is found however long the path is; without what a later step's own Node is to load.
  const text = `unset NODE_OPTIONS\ncd ${quoted(folder)} && exec ${words.join(' ')} "$1"\n`;
  await promises.writeFile(path, text, { mode: 0o600, flag: 'wx' });
  return (role) => `/bin/sh ${plain(readable(path))} ${plain(role)}`;
}

/** @throws FedbridgeError `DELIVERY_FAILED` */
function readable(path: string): string {
  if (!/\p{Cc}|\s[#;]/u.test(path)) return path;
  throw new FedbridgeError('DELIVERY_FAILED', `No profile can name a program in ${oneInertLine(path)}.`, {
    hint:
      'AWS SDKs take what follows a blank and # or ; for a comment, and a file of profiles has no control characters. Give the agent ' +
      'another folder for its work.',
  });
}

const plain = (word: string) => (/^[\w./@%+=:,-]+$/.test(word) ? word : quoted(word));
const quoted = (word: string) => `'${word.replaceAll("'", String.raw`'\''`)}'`;
