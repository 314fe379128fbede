import { generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyName, Members } from '../cases/token.ts';

const generate = promisify(generateKeyPair);

/** A key of the suite's. */
export interface SuiteKey {
  /** Its id, new in each run: a server that remembers the keys of a former one does not confuse them. */
  readonly kid: string;
  /** What it is published as usually: for which algorithm. */
  readonly alg: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** All of them, by name. */
export type SuiteKeys = Readonly<Record<KeyName, SuiteKey>>;

const rsa = (bits: number) => generate('rsa', { modulusLength: bits });
const curve = (name: string) => generate('ec', { namedCurve: name });

/** Makes new ones. */
export async function makeKeys(): Promise<SuiteKeys> {
  const made = {
    first: { alg: 'RS256', pair: rsa(2048) },
    second: { alg: 'RS256', pair: rsa(2048) },
    stranger: { alg: 'RS256', pair: rsa(2048) },
    small: { alg: 'RS256', pair: rsa(1024) },
    p256: { alg: 'ES256', pair: curve('P-256') },
    p384: { alg: 'ES384', pair: curve('P-384') },
    p521: { alg: 'ES512', pair: curve('P-521') },
  } as const satisfies Record<KeyName, unknown>;
  const entries = await Promise.all(
    Object.entries(made).map(async ([name, { alg, pair }]) => {
      const kid = `${name}-${randomBytes(6).toString('base64url')}`;
      return [name, { kid, alg, ...(await pair) }] as const;
    }),
  );
  return Object.fromEntries(entries) as SuiteKeys;
}

/** A key as it is published. Source: RFC 7517, 4. */
export function jwkOf({ kid, alg, publicKey }: SuiteKey): Members {
  return { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg };
}
