import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type IssuerName, issuers, type SuiteIssuer } from '../cases/issuers.ts';
import type { KeyName, Members } from '../cases/token.ts';
import { certificateOf } from './certificate.ts';
import { jwkOf, makeKeys, type SuiteKeys } from './keys.ts';

/** Where an issuer listens, and by which address servers know it. */
export interface IssuerOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Without a slash at its end; the address that it listens on by default. */
  readonly url?: string | undefined;
}

/** Discovery, and where keys are, below an issuer. Source: OpenID Connect Discovery 1.0, 4. */
const paths = { discovery: '/.well-known/openid-configuration', keys: '/keys', certificate: '/certificate' } as const;

/** The issuers of the suite, each with a discovery document and keys, on one HTTP server. */
export class SuiteIssuers implements AsyncDisposable {
  readonly keys: SuiteKeys;
  /** A certificate of the stranger's key by itself, DER in Base64. */
  readonly certificate: string;
  readonly base: string;
  readonly #server: Server;
  readonly #published = new Map<IssuerName, readonly KeyName[]>();
  #fetched: string[] = [];

  private constructor(server: Server, base: string, keys: SuiteKeys, certificate: string) {
    this.#server = server;
    this.base = base;
    this.keys = keys;
    this.certificate = certificate;
    server.on('request', ({ url = '/' }, response) => {
      const body = this.#answer(url.split('?', 1)[0] ?? '/');
      // Relying parties may keep keys as long as they like: those that see a new id ask again all the same.
      response.writeHead(body === undefined ? 404 : 200, {
        'content-type': 'application/json',
        'cache-control': 'max-age=60',
      });
      response.end(typeof body === 'string' ? body : JSON.stringify(body ?? { error: 'not found' }));
    });
  }

  /** @throws Error for an address that cannot be listened on */
  static async start({ host, port, url }: IssuerOptions): Promise<SuiteIssuers> {
    const keys = await makeKeys();
    const certificate = certificateOf(keys.stranger);
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    const { port: actual } = server.address() as AddressInfo;
    const shown = host.includes(':') ? `[${host}]` : host;
    return new SuiteIssuers(server, url ?? `http://${shown}:${actual}`, keys, certificate);
  }

  /** Where it listens. */
  get address(): AddressInfo {
    return this.#server.address() as AddressInfo;
  }

  /** An issuer as tokens name it. */
  url(issuer: IssuerName): string {
    return `${this.base}/${issuer}`;
  }

  /** Has an issuer publish other keys. */
  publish(issuer: IssuerName, keys: readonly KeyName[]): void {
    this.#published.set(issuer, keys);
  }

  /** The paths that were asked for since this was called last. */
  takeFetched(): readonly string[] {
    const fetched = this.#fetched;
    this.#fetched = [];
    return fetched;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(path: string): Members | string | undefined {
    this.#fetched.push(path);
    const found = (Object.keys(issuers) as IssuerName[]).flatMap((name) =>
      Object.entries(paths).flatMap(([what, below]) => (this.#isAt(path, `/${name}${below}`) ? [{ name, what }] : [])),
    )[0];
    if (!found) return undefined;
    const issuer: SuiteIssuer = issuers[found.name] as SuiteIssuer;
    switch (found.what) {
      case 'discovery':
        return this.#discovery(found.name, issuer);
      case 'keys':
        return { keys: this.#keysOf(found.name, issuer) };
      default:
        return this.certificate;
    }
  }

  /** The address that servers know may have a path of its own, which what stands in front of this keeps or not. */
  #isAt(path: string, wanted: string): boolean {
    return path === wanted || path === `${new URL(this.base).pathname.replace(/\/$/, '')}${wanted}`;
  }

  #discovery(name: IssuerName, { claimsToBe = name }: SuiteIssuer): Members {
    return {
      issuer: this.url(claimsToBe),
      jwks_uri: `${this.url(name)}${paths.keys}`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'],
      claims_supported: ['iss', 'sub', 'aud', 'iat', 'nbf', 'exp', 'jti'],
    };
  }

  #keysOf(name: IssuerName, { keys, members = {}, beside = [] }: SuiteIssuer): readonly Members[] {
    const published = this.#published.get(name) ?? keys;
    return [...beside, ...published.map((key) => ({ ...jwkOf(this.keys[key]), ...members }))];
  }
}
