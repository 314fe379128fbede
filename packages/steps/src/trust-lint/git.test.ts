import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isName } from './git.ts';

describe('The name of a commit', () => {
  it.each(['main', 'release/1.x', 'v1.0.0', 'HEAD', 'HEAD^1', 'HEAD~2^', 'feature/grün', 'a#b', 'a'.repeat(40)])(
    '%s is one',
    (name) => expect(isName(name)).toBe(true),
  );

  it.each([
    '',
    '-x',
    '--all',
    '^main',
    '~1',
    'a..b',
    'a...b',
    'main:a',
    ':/x',
    '@{-1}',
    'a b',
    'a\nb',
    'a\0b',
    'a^{tree}',
    'a^x',
  ])('%j is none', (name) => expect(isName(name)).toBe(false));

  it('is nothing that git takes for an option, a range, a path or a search, and takes no time to tell', () => {
    const unit = fc.constantFrom(...'-a/.~^:?*[]{}@\\ \n\0#1'.split(''));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (name) => {
        if (!isName(name)) return;
        expect(name).not.toMatch(/^[-^~]|\.\.|[:?*[\]\\\s]|@\{|\^\{/);
      }),
      { numRuns: 20_000 },
    );
    expect(isName(`a${'~1'.repeat(100_000)}`)).toBe(false);
    expect(isName(`a${'~'.repeat(999)}`)).toBe(true);
  });

  it('is no name of a branch that git does not have', () => {
    const names = ['a/.b', 'a.lock', 'a//b', 'a/', '/a', 'a.', 'a@{b', '.a'];
    for (const name of names.filter(isName)) {
      // What git would refuse as a branch is at most not found.
      const { status } = spawnSync('git', ['check-ref-format', '--branch', name]);
      expect([name, status]).not.toEqual([name, 0]);
    }
  });
});
