import http from 'node:http';
import https from 'node:https';
import { type Claims, type Jwt, readJwt } from './jwt.ts';
import { machineCertificates } from './machine-certificates.ts';
import { byTheBook, type KeyRules, type PublishedKey, PublishedKeys } from './published-keys.ts';

/** Marks the emulator's own requests in the record. */
export const internalHeader = 'x-emulator-internal';

/** The issuer's configuration or keys could not be read. */
export class IssuerUnreachableError extends Error {
  override readonly name = 'IssuerUnreachableError';
}

/** The issuer publishes no key that a token can have been signed with. */
export class UnknownKeyError extends Error {
  override readonly name = 'UnknownKeyError';
}

/**
 * Verifies tokens as Entra and STS do: the issuer's keys are read over HTTP through its discovery document, kept, and read anew for a token
 * whose key is not among them: issuers change theirs.
 * Source: OpenID Connect Core 1.0, 10.1.1; Amazon EKS, "Fetch signing keys to validate OIDC tokens": its clusters do so every seven days.
 */
export class RelyingParty {
  readonly #keys = new Map<string, PublishedKeys>();
  readonly #ca: string[] | undefined;
  readonly #locate: (url: string) => string;

  /** @param ca - of the emulator, PEM, beside those that this process trusts @param locate - where what a URL names really is */
  constructor(ca: string | undefined, locate: (url: string) => string) {
    this.#ca = ca === undefined ? undefined : [ca, ...machineCertificates()];
    this.#locate = locate;
  }

  /**
   * Makes sure that this issuer really signed a token. Times and audience are for the caller to judge.
   *
   * @param rules - of whoever verifies
   * @throws IssuerUnreachableError, UnknownKeyError, or another error for a token that does not verify
   */
  async verify(jwt: Jwt, issuer: string, rules: KeyRules = byTheBook): Promise<void> {
    // No extension is understood here [RFC 7515, 4.1.11].
    if (jwt.header.crit !== undefined) throw new Error('The token has a critical extension.');
    const isGood = this.#keys.get(issuer)?.verify(jwt, rules) ?? (await this.#read(issuer)).verify(jwt, rules);
    if (isGood === undefined) throw new UnknownKeyError(`${issuer} publishes no key ${jwt.header.kid}`);
    if (!isGood || jwt.claims.iss !== issuer) throw new Error('The signature is not that of the issuer.');
  }

  /** Returns the claims of a token that one of these issuers really signed, undefined for any other. */
  async claimsOf(token: string, issuers: readonly string[]): Promise<Claims | undefined> {
    try {
      const jwt = readJwt(token);
      const issuer = issuers.find((one) => one === jwt.claims.iss);
      if (issuer === undefined) return undefined;
      await this.verify(jwt, issuer);
      return jwt.claims;
    } catch {
      return undefined;
    }
  }

  /** Reads an issuer's keys, and keeps them. */
  async #read(issuer: string): Promise<PublishedKeys> {
    try {
      const discovery = (await this.#get(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)) as Record<
        string,
        unknown
      >;
      if (discovery.issuer !== issuer) throw new Error('the discovery document names another issuer');
      const { keys } = (await this.#get(String(discovery.jwks_uri))) as { readonly keys: readonly PublishedKey[] };
      const published = new PublishedKeys(keys);
      this.#keys.set(issuer, published);
      return published;
    } catch (cause) {
      throw new IssuerUnreachableError(`cannot read the keys of ${issuer}`, { cause });
    }
  }

  #get(name: string): Promise<unknown> {
    const url = this.#locate(name);
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
