import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

const keys = new Map<string, ReturnType<typeof generateKeyPair>>();

/** Signs tokens with a key of its own, and publishes that key as a relying party looks for it. */
export class TokenIssuer {
  readonly #key: CryptoKey;
  readonly #jwk: JWK;
  readonly #kid: string;

  private constructor(key: CryptoKey, jwk: JWK, kid: string) {
    this.#key = key;
    this.#jwk = jwk;
    this.#kid = kid;
  }

  /** @param name - whose key it is: made once a process, since making one takes longer than all else at start */
  static async create(name: string): Promise<TokenIssuer> {
    const made = keys.get(name) ?? generateKeyPair('RS256', { modulusLength: 2048 });
    keys.set(name, made);
    const { privateKey, publicKey } = await made;
    return new TokenIssuer(privateKey, await exportJWK(publicKey), randomUUID());
  }

  /** A JWT with these claims as they are. */
  sign(claims: JWTPayload): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: this.#kid }).sign(this.#key);
  }

  /**
   * Serves discovery and keys below a path.
   * Source: OpenID Connect Discovery 1.0, 4.
   *
   * @param prefix - the path of the issuer, with parameters as the framework writes them
   * @param issuer - the issuer's whole URL for the actual path
   */
  publish(
    app: FastifyInstance,
    prefix: string,
    issuer: (path: string) => string | undefined,
    members: (issuer: string) => Record<string, unknown> = () => ({}),
  ): void {
    const configuration = '/.well-known/openid-configuration';
    app.get(`${prefix}${configuration}`, async (request, reply) => {
      const url = issuer((request.url.split('?', 1)[0] ?? '').slice(0, -configuration.length));
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
    app.get(`${prefix}/.well-known/jwks`, async () => ({
      keys: [{ ...this.#jwk, kid: this.#kid, use: 'sig', alg: 'RS256' }],
    }));
  }
}
