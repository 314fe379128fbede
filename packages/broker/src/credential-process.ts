import { existsSync, promises } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { FedbridgeError, oneInertLine, type System } from '@fedbridge/core';
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
  // From the folder, where the socket is found however long the path is; without what a later step's own Node is to load.
  const text = `unset NODE_OPTIONS\ncd ${quoted(folder)} && exec ${words.join(' ')} "$1"\n`;
  await promises.writeFile(path, text, { mode: 0o600, flag: 'wx' });
  return (role) => `/bin/sh ${plain(readable(path))} ${plain(role)}`;
}

/**
 * Prints a role's credentials as a `credential_process` does. It asks by the socket in the broker's folder, where nobody can take the
 * broker's place.
 * Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
 *
 * A broker that is killed is started again: whoever asks meanwhile waits.
 *
 * @param of - the broker's folder, and the role's name at the broker
 */
export async function printCredentials(of: RoleOfBroker, system: Pick<System, 'now' | 'sleep'>): Promise<void> {
  try {
    const { status, body } = await askUntilThere(of, system);
    const answer = JSON.parse(body) as Record<string, string>;
    if (status !== 200) throw new Error(answer.message);
    const { AccessKeyId, SecretAccessKey, Token: SessionToken, Expiration } = answer;
    console.log(JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey, SessionToken, Expiration }));
  } catch (error) {
    const { message } = error as { message: string };
    console.error(
      isAway(error) ? 'The credential broker of this job is gone: its credentials ended with it.' : message,
    );
    process.exitCode = 1;
  }
}

interface RoleOfBroker {
  readonly folder: string;
  readonly role: string;
}

/** A new one serves after a second on a busy machine; clients wait for a `credential_process` for a minute [aws-sdk-go-v2]. In ms. */
const longestAbsence = 15_000;

async function askUntilThere({ folder, role }: RoleOfBroker, system: Pick<System, 'now' | 'sleep'>) {
  const giveUp = system.now() + longestAbsence;
  for (;;) {
    try {
      const authorization = await promises.readFile(join(folder, brokerFiles.awsAuthorization), 'utf8');
      return await ask(socketPath(folder), awsPath(role), authorization);
    } catch (error) {
      // A broker that ended with its job comes no more, and its folder goes.
      const comesBack = isAway(error) && existsSync(join(folder, brokerFiles.account));
      if (!comesBack || system.now() >= giveUp) throw error;
      await system.sleep(50);
    }
  }
}

/** Whether there is nobody, or was nobody any more before the answer was there. */
function isAway(error: unknown): boolean {
  return ['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE'].includes((error as { code?: string }).code ?? '');
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
      response.on('end', () => resolve({ status: response.statusCode, body })).on('error', reject);
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
