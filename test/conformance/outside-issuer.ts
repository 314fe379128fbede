import { generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A key as an issuer publishes it. */
export type Jwk = JsonWebKey & { readonly kid?: string; readonly use?: string; readonly key_ops?: readonly string[] };

const curves = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const;
export type Algorithm = 'RS256' | 'RS384' | 'RS512' | keyof typeof curves;

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'] as const;
const pairs = Object.fromEntries(
  algorithms.map((algorithm) => [
    algorithm,
    algorithm in curves ? generateKeyPairSync('ec', { namedCurve: curves[algorithm as keyof typeof curves] }) : rsa,
  ]),
) as Readonly<Record<Algorithm, { readonly privateKey: KeyObject; readonly publicKey: KeyObject }>>;

/** One for each algorithm, its name as the key's id. */
export const publishedKeys: readonly Jwk[] = algorithms.map((algorithm) => ({
  ...pairs[algorithm].publicKey.export({ format: 'jwk' }),
  kid: algorithm,
  use: 'sig',
  alg: algorithm,
}));

/** A token whose claims are this text. */
export function signed(claims: string, algorithm: Algorithm = 'RS256', header: object = { kid: algorithm }): string {
  const encoded = (text: string) => Buffer.from(text).toString('base64url');
  const content = `${encoded(JSON.stringify({ typ: 'JWT', alg: algorithm, ...header }))}.${encoded(claims)}`;
  const key = { key: pairs[algorithm].privateKey, dsaEncoding: 'ieee-p1363' as const };
  return `${content}.${sign(`SHA${algorithm.slice(2)}`, Buffer.from(content), key).toString('base64url')}`;
}

/** Issuers that are nobody's: below each path one, with the keys that it is told to publish. */
export interface OutsideIssuers extends AsyncDisposable {
  /** @returns the issuer's URL */
  publish(name: string, keys: readonly Jwk[]): string;
}

export async function outsideIssuers(): Promise<OutsideIssuers> {
  const published = new Map<string, readonly Jwk[]>();
  const server = createServer(({ url = '', headers: { host } }, response) => {
    const [, name = '', document = ''] = /^\/([^/]+)\/(.*)$/.exec(url) ?? [];
    const issuer = `http://${host}/${name}`;
    const body = document === 'keys' ? { keys: published.get(name) } : { issuer, jwks_uri: `${issuer}/keys` };
    response.writeHead(published.has(name) ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    publish: (name, keys) => {
      published.set(name, keys);
      return `http://127.0.0.1:${port}/${name}`;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
