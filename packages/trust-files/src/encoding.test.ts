import { describe, expect, it } from 'vitest';
import { decoded } from './encoding.ts';

const text = '{"name": "Zürich 🚀"}\r\n';
const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();
const utf16 = Buffer.from(text, 'utf16le');

describe('Text is read', () => {
  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16 LE', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 BE', swapped(Buffer.from(`\ufeff${text}`, 'utf16le'))],
    ['UTF-16 LE without a mark', utf16],
    ['UTF-16 BE without a mark', swapped(utf16)],
  ])('%s', (_title, bytes) => expect(decoded(bytes, 'a')).toBe(text));

  it('of nothing nothing', () => expect(decoded(Buffer.alloc(0), 'a')).toBe(''));

  it.each([
    [Buffer.from([0x7b, 0xe9, 0x7d]), 'a.json is not text in UTF-8: line 1, column 2.'],
    [Buffer.from([0xff, 0xfe, 0x7b]), 'a.json is not text in UTF-16LE: line 1, column 1.'],
    [Buffer.from('{"a": "\u00fc",\r\n"b": "\u00fc"}', 'latin1'), 'a.json is not text in UTF-8: line 1, column 8.'],
    [
      Buffer.concat([Buffer.from('\ufeff{\n "a\u00fc'), Buffer.from([0xc3])]),
      'a.json is not text in UTF-8: line 2, column 5.',
    ],
    [
      Buffer.concat([Buffer.from('\ufeff{\r\n"a', 'utf16le'), Buffer.from([0, 0xd8, 0x41, 0])]),
      'a.json is not text in UTF-16LE: line 2, column 3.',
    ],
  ])('what is none is said, with its place', (bytes, message) =>
    expect(() => decoded(bytes, 'a.json')).toThrow(expect.objectContaining({ code: 'INPUT_INVALID', message })),
  );

  it('and a saved plan of Terraform is told from it', () => {
    expect(() => decoded(Buffer.from([0x50, 0x4b, 3, 4, 0xff]), 'plan')).toThrow(
      expect.objectContaining({ detail: { hint: expect.stringContaining('terraform show -json') } }),
    );
  });
});
