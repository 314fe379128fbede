import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inert, inertJson, oneInertLine, visible } from './inert.ts';

/** Text in which everything that acts on a terminal or a platform is likely. */
const foreign = fc
  .array(
    fc.oneof(
      fc.constantFrom('\n', '\r', '\t', '\0', '\x1b[2J', '\x1b]0;title\x07', '\x7f', '\x9b31m', '\u2028', '\u2029'),
      fc.constantFrom('\u202e', '\u2066', '\u200b', '\ufeff', '\u{e0041}', '\ud800', '\udc00'),
      fc.constantFrom('::', '::error::x', '##vso[task.setvariable variable=PATH]x', '##[error]', '##VSO[', '#', '\\'),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map((parts) => parts.join(''));
const acts = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|##(vso)?\[/iu;

describe('what comes from outside', () => {
  it.each([
    ['a\nb\r\n\tc', 'a\\nb\\r\\n\\tc'],
    ['\x1b[31mred\x9b0m', '\\u{1b}[31mred\\u{9b}0m'],
    ['user\u202etxt.exe', 'user\\u{202e}txt.exe'],
    ['\ud83d\ude80 ä \ud800', '\ud83d\ude80 ä \\u{d800}'],
    ['::error::x', ': :error::x'],
    ['a ##vso[task.complete]b', 'a # #vso[task.complete]b'],
  ])('%j is shown as %j', (text, shown) => expect(visible(text)).toBe(shown));

  it('does nothing in a line for people', () => {
    fc.assert(
      fc.property(foreign, (text) => {
        expect(visible(text)).not.toMatch(acts);
        expect(visible(text)).not.toMatch(/^\s*::/);
      }),
    );
  });

  it.each([
    ['a\n\tb\r\nc', 'a\n\tb\r\nc'],
    ['50 %\rgone', '50 %\\rgone'],
    ['\x1b[31mred\x9b0m', '\\u{1b}[31mred\\u{9b}0m'],
    ['user\u202etxt.exe', 'user\\u{202e}txt.exe'],
  ])('%j in lines for people is %j', (text, shown) => expect(inert(text)).toBe(shown));

  it('does nothing in lines for people, which stay lines', () => {
    fc.assert(
      fc.property(foreign, (text) => {
        const shown = inert(text);
        expect(shown.replace(/\r\n|[\t\n]/g, ' ')).not.toMatch(acts);
        expect(shown.split('\n')).toHaveLength(text.split('\n').length);
        // .NET trims what JavaScript takes for no blank.
        expect(oneInertLine(text)).not.toMatch(/[\r\n]|^[\s\x85]*::/);
        expect(oneInertLine(text).replaceAll('\t', ' ')).not.toMatch(acts);
      }),
    );
  });

  it('does nothing in JSON, which says the same', () => {
    fc.assert(
      fc.property(foreign, foreign, fc.constantFrom(0, 2), (key, text, indent) => {
        const value = { [key]: [text, { text }] };
        const json = inertJson(value, indent);
        expect(JSON.parse(json)).toEqual(value);
        expect(indent === 0 ? json : json.replaceAll('\n', ' ')).not.toMatch(acts);
        expect(json).not.toMatch(/^\s*::/m);
      }),
    );
  });
});
