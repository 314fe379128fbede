import http from 'node:http';
import https from 'node:https';
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';

/** Marks the emulator's own requests in the record. */
export const internalHeader = 'x-emulator-internal';

/** The issuer's configuration or keys could not be read. */
export class IssuerUnreachableError extends Error {
  override readonly name = 'IssuerUnreachableError';
}

/** Verifies tokens as Entra and STS do: the issuer's keys are read over HTTP through its discovery document, then kept. */
export class RelyingParty {
  readonly #keys = new Map<string, ReturnType<typeof createLocalJWKSet>>();
  readonly #ca: string | undefined;

  constructor(ca: string | undefined) {
    this.#ca = ca;
  }

  /**
   * Returns the claims of a token that this issuer really signed. Times and audience are for the caller to judge.
   *
   * @throws IssuerUnreachableError, or jose's errors for a token that does not verify
   */
  async verify(token: string, issuer: string): Promise<JWTPayload> {
    const keys = this.#keys.get(issuer) ?? (await this.#read(issuer));
    this.#keys.set(issuer, keys);
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      algorithms: ['RS256'],
      // Only the signature is looked at here: the emulator's clock is not the machine's.
      currentDate: new Date(0),
      clockTolerance: Number.MAX_SAFE_INTEGER,
    });
    return payload;
  }

  async #read(issuer: string): Promise<ReturnType<typeof createLocalJWKSet>> {
    try {
      const discovery = (await this.#get(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)) as Record<
        string,
        unknown
      >;
      if (discovery.issuer !== issuer) throw new Error('the discovery document names another issuer');
      return createLocalJWKSet((await this.#get(String(discovery.jwks_uri))) as JSONWebKeySet);
    } catch (cause) {
      throw new IssuerUnreachableError(`cannot read the keys of ${issuer}`, { cause });
    }
  }

  #get(url: string): Promise<unknown> {
    const { request } = url.startsWith('https:') ? https : http;
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { headers: { [internalHeader]: '1' }, ca: this.#ca, timeout: 5_000 }, (answer) => {
        answer.setEncoding('utf8');
        let body = '';
        answer.on('data', (chunk: string) => {
          body += chunk;
        });
        answer.on('end', () => {
          try {
            resolve(JSON.parse(body));
          } catch (error) {
            reject(error);
          }
        });
        answer.on('error', reject);
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error('timed out')));
      outgoing.on('error', reject);
      outgoing.end();
    });
  }
}
