import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { credentialLists, trustPolicies } from '../../trust/src/lint.corpus.ts';
import { fragmentOf, isShareable, type Shared, sharedIn } from './address.ts';

const shared: Shared = { view: 'compare', text: '{"a": "ü€😀"}\n', before: '[]', mine: 'github:octo' };
const token = ['{"alg":"none"}', '{"iss":"https://issuer.example.com"}', 'signature']
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.');
const headers = [
  ...['{"alg":"RS256","typ":"JWT"}', '{"typ":"JWT","alg":"RS256","kid":"7"}', '{"kid":"ab","alg":"none"}'],
  ...['{"x5t":"a","alg" : "ES256"}', '{ "alg": "RS256" }', '{\n  "typ": "JWT",\n  "alg": "RS256"\n}'],
];
const tokens = headers.map((header) =>
  [header, '{"iss":"https://issuer.example.com"}', 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.'),
);
/** What stands between the lines of one that is folded. */
const folds = ['', '\n', '\r\n  ', ' ', '\\\n', '" +\n  "', '"\n"', '=\n', '\n> ', '\t', "', '"];
const codeOf = (one: string) => one.charCodeAt(0).toString(16);
const encodings: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.replaceAll('.', '%2E'),
  (text) => text.replaceAll('.', '%252e'),
  (text) => text.replaceAll('.', '&#46;'),
  (text) => text.replace(/./g, (one) => `%${codeOf(one)}`),
  (text) => text.replace(/./g, (one) => `\\u00${codeOf(one)}`),
  (text) => text.replace(/./g, (one) => `&#x${codeOf(one)};`),
  (text) => text.replace(/[A-M]/g, (one) => `%${codeOf(one)}`),
];
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
    expect(isShareable(`Authorization: Bearer ${token}`)).toBe(false);
    expect(isShareable(`{"token": "${token}"}`)).toBe(false);
    expect(isShareable('{"iss": "https://issuer.example.com", "sub": "job:1"}')).toBe(false);
    expect(isShareable('{"Version": "2012-10-17", "Statement": []}')).toBe(true);
    expect(isShareable(encodeURIComponent('{"iss": "https://issuer.example.com", "sub": "job:1"}'))).toBe(false);
  });

  it('is made of no text with a token in it, however that is folded, quoted and encoded', () => {
    for (const whole of tokens)
      for (const fold of folds)
        for (const encode of encodings)
          for (const width of [4, 20, 76]) {
            const lines = whole.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
            const folded = lines.map(encode).join(fold);
            const texts = [folded, `Authorization: Bearer ${folded}`, `{"Statement": [], "a": "${folded}"}\n`];
            for (const text of texts) expect([text, isShareable(text)]).toEqual([text, false]);
          }
  });

  it.each([': ', ':', '\t', ' | ', '. ', ' \u2502 ', ')  '])(
    'is made of no text with a token in it with numbered lines: %j',
    (sign) => {
      for (const whole of tokens)
        for (const width of [4, 20, 76]) {
          const lines = whole.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
          const numbered = lines.map((line, index) => `${String(index + 1).padStart(5)}${sign}${line}`).join('\n');
          expect([numbered, isShareable(numbered)]).toEqual([numbered, false]);
        }
    },
  );

  it.each(
    [...trustPolicies, ...credentialLists].map(({ title, document }) => [title, JSON.stringify(document, null, 2)]),
  )('is made of %s, which only looks long', (_, text) => expect(isShareable(text)).toBe(true));

  it.each(['eyJ', 'eyJ.', '%', '%2', '%25', '\\u00', '&#', 'ImFsZyI', 'eyJhbGci.', '='])(
    'is decided for a text of two million letters of %s in no time',
    (piece) => {
      const started = process.cpuUsage();
      isShareable(piece.repeat(2_000_000 / piece.length));
      expect(process.cpuUsage(started).user / 1e6).toBeLessThan(20);
    },
  );
});
