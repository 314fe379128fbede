import { devNull, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { type Environment, FedbridgeError } from '@fedbridge/core';
import { bytesOf } from './bytes.ts';
import { mayHaveDefaultIdentity } from './section.ts';

/** The two files of profiles. */
export interface SharedFiles {
  readonly credentials: string;
  readonly config: string;
}

const variables = { credentials: 'AWS_SHARED_CREDENTIALS_FILE', config: 'AWS_CONFIG_FILE' } as const;

/** Where Java's AWS SDK 1 looks for the credentials file, and no other. Source: its CredentialsEnvVarOverrideLocationProvider. */
const javaVariable = 'AWS_CREDENTIAL_PROFILES_FILE';

/** Variables that make every tool read these files, and both of them. */
export function fileVariables({ credentials, config }: SharedFiles): Record<string, string> {
  return {
    AWS_SHARED_CREDENTIALS_FILE: credentials,
    AWS_CONFIG_FILE: config,
    [javaVariable]: credentials,
    // Without it, AWS SDK 2 for JavaScript and SDK 1 for Go read no config file, and the former not the variables either.
    AWS_SDK_LOAD_CONFIG: '1',
  };
}

/**
 * Where the AWS CLI and SDKs look for profiles. Tools do not agree about `~`, `$` and who is at home: an absolute path
 * that `fileVariables` names again is the same for all.
 * Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files"; botocore's `configloader`.
 *
 * @throws FedbridgeError `DELIVERY_FAILED` where there is no such place
 */
export function sharedFiles(environment: Environment): SharedFiles {
  const path = (file: keyof SharedFiles) => {
    const given = environment[variables[file]];
    const [home] = homes(environment);
    const found = given ? expanded(given, environment) : home && join(home, '.aws', file);
    if (found) return resolve(found);
    const why = given ? `is "${given}", and there is no such home` : 'is not set, and this user has no home';
    throw new FedbridgeError('DELIVERY_FAILED', `There is no place for a profile: ${variables[file]} ${why}.`, {
      hint: 'Name a file there, by an absolute path.',
    });
  };
  return { credentials: path('credentials'), config: path('config') };
}

/** What a file of profiles holds for who reads it, a byte a character. @throws FedbridgeError `DELIVERY_FAILED` */
export async function sharedText(path: string): Promise<string> {
  return path === devNull ? '' : bytesOf(path);
}

/** Whether there are any of `defaultIdentityFiles`. @param read - a byte a character, nothing of a file that is not there */
export async function hasDefaultIdentity(
  environment: Environment,
  read: (path: string) => Promise<string> = sharedText,
): Promise<boolean> {
  return (await defaultIdentityFiles(environment, read)).length > 0;
}

/**
 * The files of this machine in which some tool may find credentials that nobody has named: in a default profile, wherever
 * any tool looks for one, or in the files of the old boto, which botocore reads as well.
 *
 * @param read - a byte a character, nothing of a file that is not there
 */
export async function defaultIdentityFiles(
  environment: Environment,
  read: (path: string) => Promise<string> = sharedText,
): Promise<readonly string[]> {
  const given = [variables.credentials, variables.config, javaVariable].flatMap((name) => environment[name] ?? []);
  const everyHome = homes(environment);
  const profiles = [
    ...given.flatMap((path) => [path, expanded(path, environment) ?? path]),
    ...everyHome.flatMap((home) => [join(home, '.aws', 'credentials'), join(home, '.aws', 'config')]),
  ];
  const boto = [
    environment.AWS_CREDENTIAL_FILE ?? '',
    environment.BOTO_CONFIG ?? '/etc/boto.cfg',
    ...everyHome.map((home) => join(home, '.boto')),
  ];
  const has = async (path: string, test: (text: string) => boolean) => {
    if (path === '') return [];
    // Whatever it is that cannot be read, a tool may make something of it.
    const isFound = await read(path).then(test, () => true);
    return isFound ? [path] : [];
  };
  const found = await Promise.all([
    ...[...new Set(profiles)].map((path) => has(path, mayHaveDefaultIdentity)),
    ...boto.map((path) => has(path, (text) => /aws_?access_?key_?id/i.test(text))),
  ]);
  return found.flat();
}

/** The user's home first, then what some tool or other takes for it. */
function homes({ HOME, USERPROFILE }: Environment): string[] {
  const named = process.platform === 'win32' ? [USERPROFILE, HOME] : [HOME, USERPROFILE];
  const found = named.filter((home) => home !== undefined && home !== '');
  if (process.platform !== 'win32' && HOME) return found as string[];
  try {
    const own = userInfo().homedir;
    return [...new Set(HOME || process.platform === 'win32' ? [...found, own] : [own, ...found])] as string[];
  } catch {
    // A user whom the machine does not know, as containers have them.
    return found as string[];
  }
}

/** As botocore reads it. @returns undefined where it begins with somebody's home that is not known */
function expanded(path: string, environment: Environment): string | undefined {
  const filled = path.replace(/\$(?:(\w+)|\{(\w+)\})/g, (whole, bare, braced) => environment[bare ?? braced] ?? whole);
  if (!filled.startsWith('~')) return filled;
  const [home] = homes(environment);
  return home !== undefined && /^~(?:[\\/]|$)/.test(filled) ? join(home, filled.slice(1)) : undefined;
}
