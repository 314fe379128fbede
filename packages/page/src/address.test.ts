import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fragmentOf, isShareable, type Shared, sharedIn } from './address.ts';

const shared: Shared = { view: 'compare', text: '{"a": "ü€😀"}\n', before: '[]', mine: 'github:octo' };
const pack = (text: string | Uint8Array) => `#1.${deflateRawSync(text).toString('base64url')}`;

describe('an address', () => {
  it('carries the documents', async () => {
    expect(await sharedIn(await fragmentOf(shared))).toEqual(shared);
  });

  it('carries nothing else, whatever is given', async () => {
    const fragment = await fragmentOf({ ...shared, token: 'eyJhbGciOi.secret.c2ln' } as Shared);
    expect(await sharedIn(fragment)).toEqual(shared);
    expect(await sharedIn(pack(JSON.stringify({ ...shared, token: 'x', view: 'evil', mine: 7 })))).toEqual({
      ...shared,
      view: 'check',
      mine: '',
    });
  });

  it.each([
    ['nothing', ''],
    ['another version', '#2.AAAA'],
    ['what is not packed', '#1.AAAA'],
    ['what is no JSON', pack('{')],
    ['what is no object', pack('7')],
    ['what is no text', pack(Uint8Array.of(0xff, 0xfe))],
  ])('is not read with %s', async (_, fragment) => expect(await sharedIn(fragment)).toBeUndefined());

  it('of a few letters that stand for a hundred million is given up', async () => {
    const bomb = pack(Buffer.concat([Buffer.from('{"text":"'), Buffer.alloc(100_000_000, 0x20), Buffer.from('"}')]));
    expect(bomb.length).toBeLessThan(200_000);
    expect(await sharedIn(bomb)).toBeUndefined();
  });

  it('is made of no text with a token in it', () => {
    const token = ['{"alg":"none"}', '{"iss":"https://issuer.example.com"}', 'signature']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
    expect(isShareable(`Authorization: Bearer ${token}`)).toBe(false);
    expect(isShareable(`{"token": "${token}"}`)).toBe(false);
    expect(isShareable('{"iss": "https://issuer.example.com", "sub": "job:1"}')).toBe(false);
    expect(isShareable('{"Version": "2012-10-17", "Statement": []}')).toBe(true);
  });
});
