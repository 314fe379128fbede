import { describe, expect, it } from 'vitest';
import { Masking } from './masking.ts';

const token = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2kifQ.c2lnbmF0dXJl_b2Y-dGhpcw';
const key = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCY"EXAM<LEKEY';

const plain = (text: string) => text.replace(/[^A-Za-z\d .:/@,=+-]/gu, (one) => `&#${one.codePointAt(0)};`);
const encodings: readonly (readonly [string, (secret: string) => string])[] = [
  ['as it is', (secret) => secret],
  ['in a URL', encodeURIComponent],
  ['in a form', (secret) => new URLSearchParams({ a: secret }).toString()],
  ['in JSON', (secret) => JSON.stringify({ a: secret })],
  ['in JSON with slashes escaped', (secret) => JSON.stringify(secret).replaceAll('/', '\\/')],
  ['in HTML', (secret) => secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')],
  ["in a summary's Markdown", plain],
  ['in Base64', (secret) => Buffer.from(secret).toString('base64')],
  ['in Base64 after one byte', (secret) => Buffer.from(`:${secret}`).toString('base64')],
  ['in Base64 after two bytes', (secret) => Buffer.from(`a:${secret}`).toString('base64')],
  ['in Base64 for URLs', (secret) => Buffer.from(`:${secret};;`).toString('base64url')],
  ['cut', (secret) => `${secret.slice(0, 30)}…`],
  ['the end of it', (secret) => secret.slice(-20)],
  ['in lines', (secret) => secret.replace(/.{20}/g, '$&\r\n')],
];

describe('masking', () => {
  it.each(encodings)('hides a secret %s', (_how, encode) => {
    for (const secret of [token, key]) {
      const masking = new Masking();
      masking.add(secret);
      const shown = masking.hide(`before ${encode(secret)} after`);
      expect(shown).toMatch(/^before .*\*\*\*.* after$/s);
      // What is left of it is less than a piece.
      const encoded = encode(secret);
      for (let at = 0; at + 16 <= encoded.length; at += 1) expect(shown).not.toContain(encoded.slice(at, at + 16));
    }
  });

  it('hides what is short only whole, and leaves the rest as it is', () => {
    const masking = new Masking();
    masking.add('123456789012');
    masking.add('');
    expect(masking.hide('arn:aws:iam::123456789012:role/x 12345678901')).toBe('arn:aws:iam::***:role/x 12345678901');
    expect(masking.hideWhole('123456789012, 123456789012')).toBe('***, ***');
    masking.add(token);
    const text = 'AADSTS700213: No matching federated identity record found for presented assertion subject.\n';
    expect(masking.hide(text)).toBe(text);
    expect(masking.hideWhole(`a ${token} b`)).toBe('a *** b');
    expect(new Masking().hide(text)).toBe(text);
  });
});
