import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { processCommand, shellQuoted } from './process-command.ts';

describe.skipIf(process.platform === 'win32')('the command of a credential_process', () => {
  it('has no quotes that it does not need', () => {
    expect(processCommand(['/bin/sh', '/temp/a-b/credentials', 'named/plan'])).toBe(
      '/bin/sh /temp/a-b/credentials named/plan',
    );
    expect(processCommand(['/bin/sh', "/my temp/it's"])).toBe(String.raw`/bin/sh '/my temp/it'\''s'`);
  });

  const piece = fc.constantFrom('a', ' ', "'", '"', '$HOME', '`', '\\', '*', '#', ';', '&', '~', 'ü', '');
  const word = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
  it('is read by a shell as the words that it was, or is refused', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 3 }), (words) => {
        let command: string;
        try {
          command = processCommand(['printf', String.raw`%s\0`, ...words]);
        } catch {
          expect(words.join('\n')).toMatch(/\s[#;]/);
          return;
        }
        expect(execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' })).toBe(
          words.map((one) => `${one}\0`).join(''),
        );
      }),
      { numRuns: 60 },
    );
  });

  it.each([['a\nb'], ['a #b'], ['a\t;b'], ['\u0000'], ['\u001b[1m']])('is none of %j', (bad) => {
    expect(() => processCommand(['/bin/sh', bad])).toThrow(
      expect.objectContaining({
        code: 'DELIVERY_FAILED',
        message: expect.not.stringContaining('\n'),
        detail: expect.objectContaining({
          hint: expect.stringMatching(/^AWS SDKs take .* Have jobs run in another folder/),
        }),
      }),
    );
  });

  it('has a first word without quotes, or is none', () =>
    expect(() => processCommand(['/my programs/node', 'x'])).toThrow(
      expect.objectContaining({ code: 'DELIVERY_FAILED' }),
    ));
});

it('a text is one word of a shell', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
      (text) => {
        expect(execFileSync('/bin/sh', ['-c', `printf %s ${shellQuoted(text)}`], { encoding: 'utf8' })).toBe(text);
      },
    ),
    { numRuns: 40 },
  );
});
