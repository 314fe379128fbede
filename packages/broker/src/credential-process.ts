import { promises } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { FedbridgeError, oneInertLine } from '@fedbridge/core';
import { awsPath } from './aws-endpoint.ts';
import { brokerFiles } from './plan.ts';
import { socketPath } from './socket-path.ts';

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
  // From the folder, where the socket is found however long the path is.
  const text = `cd ${quoted(folder)} && exec ${words.join(' ')} "$1"\n`;
  await promises.writeFile(path, text, { mode: 0o600, flag: 'wx' });
  return (role) => `/bin/sh ${plain(readable(path))} ${plain(role)}`;
}

/**
 * Prints a role's credentials as a `credential_process` does. It asks by the socket in the broker's folder, where nobody can take the
 * broker's place.
 * Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
 *
 * @param folder - the broker's
 * @param role - its name at the broker
 */
export async function printCredentials(folder: string, role: string): Promise<void> {
  try {
    const authorization = await promises.readFile(join(folder, brokerFiles.awsAuthorization), 'utf8');
    const { status, body } = await ask(socketPath(folder), awsPath(role), authorization);
    const answer = JSON.parse(body) as Record<string, string>;
    if (status !== 200) throw new Error(answer.message);
    const { AccessKeyId, SecretAccessKey, Token: SessionToken, Expiration } = answer;
    console.log(JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey, SessionToken, Expiration }));
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const isGone = code === 'ECONNREFUSED' || code === 'ENOENT';
    console.error(isGone ? 'The credential broker of this job is gone: its credentials ended with it.' : message);
    process.exitCode = 1;
  }
}

function ask(
  socketPath: string,
  path: string,
  authorization: string,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  return new Promise((resolve, reject) => {
    get({ socketPath, path, headers: { authorization } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, body }));
    }).on('error', reject);
  });
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
