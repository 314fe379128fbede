/**
 * Tests as well:
 * - packages/conformance/src/issuer/certificate.ts
 * - packages/conformance/src/issuer/encrypted.ts
 * - packages/conformance/src/issuer/keys.ts
 * - packages/conformance/src/issuer/placeholders.ts
 * - packages/conformance/src/issuer/signatures.ts
 */
import { X509Certificate } from 'node:crypto';
import { compactDecrypt, createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, describe, expect, it } from 'vitest';
import type { IssuerName } from '../cases/issuers.ts';
import type { TokenSpec } from '../cases/token.ts';
import type { TrustName } from '../cases/trusts.ts';
import { SuiteIssuers } from './issuer.ts';
import { type Mint, mintOrdinary, mintToken } from './mint.ts';
import { lookAlikes } from './placeholders.ts';

const issuers = await SuiteIssuers.start({ host: '127.0.0.1', port: 0 });
afterAll(() => issuers[Symbol.asyncDispose]());
const audience = 'https://server.example.com';
const { keys, certificate } = issuers;
const mint: Mint = { keys, certificate, audience, url: (issuer) => issuers.url(issuer) };
const now = () => Math.floor(Date.now() / 1000);
const tokenOf = (token: TokenSpec, trust: TrustName = 'github-branch') => mintToken({ trust, token }, mint, now());
const keysOf = (issuer: IssuerName) => createRemoteJWKSet(new URL(`${issuers.url(issuer)}/keys`));
const json = async (url: string) => (await fetch(url)).json();

describe('the issuer', () => {
  it.each(['github-branch', 'azure-pipeline', 'kubernetes-account', 'gitlab-branch'] as const)(
    'signs tokens that a library of others verifies: %s',
    async (trust) => {
      const { iss = '' } = decodeJwt(mintOrdinary(trust, mint, now()));
      const { jwks_uri: at } = (await json(`${iss}/.well-known/openid-configuration`)) as { readonly jwks_uri: string };
      const verify = createRemoteJWKSet(new URL(at));
      await jwtVerify(mintOrdinary(trust, mint, now()), verify, { issuer: iss, audience });
    },
  );

  it.each(['RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512'] as const)('signs with %s', async (signing) => {
    const key = ({ ES256: 'p256', ES384: 'p384', ES512: 'p521' } as const)[signing as 'ES256'] ?? 'first';
    const { alg: _, ...jwk } = { ...keys[key].publicKey.export({ format: 'jwk' }), alg: '' };
    const { importJWK } = await import('jose');
    await jwtVerify(tokenOf({ signing, key }), await importJWK(jwk, signing), { audience });
  });

  it('publishes what a case has it publish, and what it is told to later', async () => {
    expect(await json(`${issuers.url('keys-encryption')}/keys`)).toMatchObject({ keys: [{ use: 'enc' }] });
    const other = await json(`${issuers.url('keys-of-another')}/.well-known/openid-configuration`);
    expect(other).toMatchObject({ issuer: issuers.url('github') });
    await expect(jwtVerify(tokenOf({ key: 'second' }, 'keys-added'), keysOf('keys-added'))).rejects.toThrow(
      'no applicable key',
    );
    issuers.publish('keys-added', ['first', 'second']);
    await jwtVerify(tokenOf({ key: 'second' }, 'keys-added'), keysOf('keys-added'));
  });

  it('tells what was asked for, once', async () => {
    issuers.takeFetched();
    expect((await fetch(`${issuers.base}/stranger/keys?x`)).status).toBe(200);
    expect((await fetch(`${issuers.base}/nobody`)).status).toBe(404);
    expect((await fetch(`${issuers.base}/%`)).status).toBe(404);
    expect(issuers.takeFetched()).toEqual(['/stranger/keys', '/nobody', '/%']);
    expect(issuers.takeFetched()).toEqual([]);
  });

  it('is known by another address, whose path what stands in front may leave away', async () => {
    await using behind = await SuiteIssuers.start({
      host: '127.0.0.1',
      port: 0,
      url: 'https://issuer.example.com/suite',
    });
    expect(behind.url('github')).toBe('https://issuer.example.com/suite/github');
    const port = behind.address.port;
    for (const path of ['/github', '/suite/github']) {
      const found = await json(`http://127.0.0.1:${port}${path}/.well-known/openid-configuration`);
      expect(found).toMatchObject({ issuer: 'https://issuer.example.com/suite/github' });
    }
  });

  it('has a certificate of the stranger, which signed it itself', () => {
    const read = new X509Certificate(Buffer.from(certificate, 'base64'));
    expect(read.verify(keys.stranger.publicKey)).toBe(true);
  });
});

describe('a token', () => {
  const payload = (token: string) => Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();

  it('has times, and claims left out, doubled and escaped, as a case says', () => {
    const at = now();
    const token = mintToken(
      { trust: 'github-branch', token: { times: { exp: 60.5 }, without: ['nbf'], claims: { x: '{now-60}' } } },
      mint,
      at,
    );
    expect(decodeJwt(token)).toMatchObject({ exp: at + 60.5, iat: at - 5, x: String(at - 60) });
    expect(decodeJwt(token)).not.toHaveProperty('nbf');
    expect(payload(tokenOf({ twice: { claims: { sub: 'x' }, where: 'behind' } }))).toMatch(
      /"sub":"repo:.*"sub":"x"\}$/,
    );
    expect(payload(tokenOf({ twice: { claims: { sub: 'x' }, where: 'before' } }))).toMatch(
      /^\{"sub":"x".*"sub":"repo:/,
    );
    const escaped = tokenOf({ escaped: ['sub'] });
    expect(payload(escaped)).toContain('"sub":"\\u0072\\u0065');
    expect(decodeJwt(escaped).sub).toBe('repo:octo/app:ref:refs/heads/main');
  });

  it('has a header as a case says', () => {
    const brought = decodeProtectedHeader(
      tokenOf({ key: 'stranger', header: { jwk: '{jwk:stranger}' }, headerWithout: ['kid'] }),
    );
    expect(brought).toEqual({
      typ: 'JWT',
      alg: 'RS256',
      jwk: expect.objectContaining({ kty: 'RSA', kid: keys.stranger.kid }),
    });
    expect(decodeProtectedHeader(tokenOf({ header: { kid: '{kid:first}' }, key: 'stranger' })).kid).toBe(
      keys.first.kid,
    );
  });

  it('says what a misspelt placeholder is', () => {
    expect(() => tokenOf({ claims: { iss: '{isuer}' } })).toThrow('{isuer} stands for nothing.');
  });

  it('is written as a case says', async () => {
    expect(tokenOf({ form: 'two parts' }).split('.')).toHaveLength(2);
    expect(tokenOf({ form: 'four parts' }).split('.')).toHaveLength(4);
    expect(tokenOf({ form: 'without signature' })).toMatch(/\.$/);
    expect(tokenOf({ form: 'empty' })).toBe('..');
    expect(tokenOf({ form: 'padded' })).toMatch(/==$/);
    expect(tokenOf({ form: 'standard alphabet' })).toMatch(/\.[^.]*[+/][^.]*$/);
    expect(tokenOf({ form: 'line break' })).toContain('\n');
    expect(tokenOf({ form: 'space before the signature' })).toContain('. ');
    expect(JSON.parse(tokenOf({ form: 'JSON serialization' }))).toHaveProperty('signature');
    expect(payload(tokenOf({ form: 'claims as a list' }))).toMatch(/^\[\{.*\}\]$/);
    expect(payload(tokenOf({ form: 'claims changed' }))).toContain('"admin":true');
    expect(payload(tokenOf({ form: 'claims cut' }))).not.toMatch(/\}$/);
    expect(payload(tokenOf({ form: 'claims in UTF-16' }))).toContain('\u0000');
    expect(payload(tokenOf({ form: 'claims in invalid UTF-8' }))).toContain('\ufffd');
    const signatures = (['signature cut', 'signature one byte longer'] as const).map(
      (form) => tokenOf({ form }).split('.')[2] ?? '',
    );
    expect(signatures.map((one) => Buffer.from(one, 'base64url').length)).toEqual([255, 257]);
    const { plaintext } = await compactDecrypt(tokenOf({ form: 'encrypted' }), keys.first.privateKey);
    expect(JSON.parse(new TextDecoder().decode(plaintext))).toHaveProperty('iss');
  });
});

it.each([
  ['upper', 'HTTPS://X.EXAMPLE.COM/GITHUB'],
  ['scheme', 'http://x.example.com/github'],
  ['encoded', 'https://x.example.com/githu%62'],
  ['homoglyph', 'https://x.example.com/g\u0456thub'],
])('what only looks alike is another text: %s', (how, other) => {
  expect(lookAlikes[how]?.('https://x.example.com/github')).toBe(other);
});
