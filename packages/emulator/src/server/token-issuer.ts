import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';
import type { Claims } from './jwt.ts';
import type { State } from './state.ts';

interface KeptKey {
  readonly kid: string;
  /** PEM. */
  readonly privateKey: string;
}

interface SigningKey {
  readonly privateKey: KeyObject;
  readonly jwk: JsonWebKey;
  readonly kid: string;
}

const newKeyPair = promisify(generateKeyPair);
/** In a thread: jose's way over Web Crypto costs the only thread that answers as much again. */
const signature = promisify(sign);
const keyPairs = new Map<string, Promise<{ readonly privateKey: KeyObject; readonly publicKey: KeyObject }>>();

/** Signs tokens with a key of its own, and publishes that key as a relying party looks for it. */
export class TokenIssuer {
  readonly #name: string;
  readonly #state: State;
  #key: Promise<SigningKey> | undefined;

  /** @param name - whose key it is: made when it is first needed, which takes longer than all else, and once a process, or kept beyond it */
  constructor(name: string, state: State) {
    this.#name = name;
    this.#state = state;
  }

  #signingKey(): Promise<SigningKey> {
    this.#key ??= signingKey(this.#name, this.#state);
    return this.#key;
  }

  /** A JWT with these claims as they are [RFC 7515, 3.1]. */
  async sign(claims: Claims): Promise<string> {
    const { privateKey, kid } = await this.#signingKey();
    const content = `${encoded({ alg: 'RS256', typ: 'JWT', kid })}.${encoded(claims)}`;
    return `${content}.${(await signature('RSA-SHA256', Buffer.from(content), privateKey)).toString('base64url')}`;
  }

  /**
   * Serves discovery and keys below a path.
   * Source: OpenID Connect Discovery 1.0, 4.
   *
   * @param prefix - the path of the issuer, with parameters as the framework writes them
   * @param issuer - the issuer's whole URL for the actual path, and for the host that the request names
   */
  publish(
    app: FastifyInstance,
    prefix: string,
    issuer: (path: string, host: string) => string | undefined,
    members: (issuer: string) => Record<string, unknown> = () => ({}),
  ): void {
    const configuration = '/.well-known/openid-configuration';
    app.get(`${prefix}${configuration}`, async (request, reply) => {
      const url = issuer((request.url.split('?', 1)[0] ?? '').slice(0, -configuration.length), request.host);
      if (url === undefined) return reply.code(404).send();
      return {
        issuer: url,
        jwks_uri: `${url.replace(/\/$/, '')}/.well-known/jwks`,
        response_types_supported: ['id_token'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        ...members(url),
      };
    });
    app.get(`${prefix}/.well-known/jwks`, async () => {
      const { jwk, kid } = await this.#signingKey();
      return { keys: [{ ...jwk, kid, use: 'sig', alg: 'RS256' }] };
    });
  }
}

async function signingKey(name: string, state: State): Promise<SigningKey> {
  const kept = state.map<KeptKey>('keys');
  const before = kept.get(name);
  if (before) {
    const jwk = createPublicKey(before.privateKey).export({ format: 'jwk' });
    return { privateKey: createPrivateKey(before.privateKey), jwk, kid: before.kid };
  }
  const known = state.isKept ? undefined : keyPairs.get(name);
  const made = known ?? newKeyPair('rsa', { modulusLength: 2048 });
  if (!state.isKept) keyPairs.set(name, made);
  const { privateKey, publicKey } = await made;
  const kid = randomUUID();
  if (state.isKept) kept.set(name, { kid, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() });
  return { privateKey, jwk: publicKey.export({ format: 'jwk' }), kid };
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
