import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellWord } from './shell-word.ts';

describe('a word of a shell', () => {
  it.each([
    ['repo:a/b@1.2,c=d+e%20', 'repo:a/b@1.2,c=d+e%20'],
    ['', "''"],
    ['a b', "'a b'"],
    ["it's", "'it'\\''s'"],
    ['$HOME `id` !x', "'$HOME `id` !x'"],
    ['##vso[task.x]##[y', "'#''#vso[task.x]#''#[y'"],
  ])('of %j is %s', (text, word) => expect(shellWord(text)).toBe(word));

  it.skipIf(process.platform === 'win32')(
    'is what a program is given, and no command (skipped: no POSIX shell)',
    () => {
      const character = fc.constantFrom(
        "'",
        '"',
        '\\',
        '$',
        '`',
        '!',
        '\n',
        ' ',
        '#',
        '##[',
        '##vso[',
        '*',
        '~',
        'a',
        '\u{1f680}',
      );
      const texts = fc.array(character, { minLength: 1 }).map((some) => some.join(''));
      const all = fc.sample(texts, 300);
      const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${all.map(shellWord).join(' ')}`], {
        encoding: 'utf8',
      });
      expect(printed.split('\0').slice(0, -1)).toEqual(all);
      for (const text of all) expect(shellWord(text)).not.toMatch(/##(vso)?\[/i);
    },
  );
});
