import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { readJwt } from './jwt.ts';
import { RelyingParty, UnknownKeyError } from './relying-party.ts';

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });

function signed(issuer: string, kid: string, key: KeyObject) {
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${encoded({ alg: 'RS256', kid })}.${encoded({ iss: issuer, sub: 'job' })}`;
  return readJwt(`${content}.${sign('SHA256', Buffer.from(content), key).toString('base64url')}`);
}

it('reads the keys of an issuer anew for a token whose key it does not know', async () => {
  const [first, second] = [pair(), pair()];
  let published = { kid: 'first', ...first.publicKey.export({ format: 'jwk' }) };
  let reads = 0;
  const server = createServer(({ url, headers: { host } }, response) => {
    const issuer = `http://${host}`;
    if (url === '/keys') reads += 1;
    response.end(JSON.stringify(url === '/keys' ? { keys: [published] } : { issuer, jwks_uri: `${issuer}/keys` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const party = new RelyingParty(undefined, (url) => url);
    const old = signed(issuer, 'first', first.privateKey);
    await party.verify(old, issuer);
    await party.verify(old, issuer);
    expect(reads).toBe(1);
    const next = signed(issuer, 'second', second.privateKey);
    await expect(party.verify(next, issuer)).rejects.toThrow(UnknownKeyError);
    published = { kid: 'second', ...second.publicKey.export({ format: 'jwk' }) };
    await party.verify(next, issuer);
    await expect(party.verify(old, issuer)).rejects.toThrow(UnknownKeyError);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
