import type { Outbound } from '@fedbridge/core';

/** The three values that sign requests, each in one word. */
export interface AwsSecrets {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/**
 * Masks what may be session credentials, then parses them: whatever is written to a file of settings or to a variable later is one
 * word without quotes, so that it cannot begin a line, a setting or a command of its own.
 *
 * @returns undefined for what cannot be credentials, and where one is missing
 */
export function parseSecrets(given: Readonly<Record<keyof AwsSecrets, unknown>>, { mask }: Pick<Outbound, 'mask'>) {
  const { accessKeyId, secretAccessKey, sessionToken } = given;
  for (const secret of [accessKeyId, secretAccessKey, sessionToken]) {
    if (typeof secret === 'string' && secret !== '') mask(secret);
  }
  if (!isMatch(accessKeyId, /^[\w-]{1,128}$/)) return undefined;
  if (!isMatch(secretAccessKey, /^[\w+/=.,:@~%-]{1,1024}$/)) return undefined;
  if (!isMatch(sessionToken, /^[\w+/=.,:@~%-]{1,65536}$/)) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken } satisfies AwsSecrets;
}

function isMatch(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}
