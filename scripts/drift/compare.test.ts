import { describe, expect, it } from 'vitest';
import { driftOf, exitCodeOf, type Source, tableOf } from './compare.ts';
import { OtherShape } from './facts.ts';

const source: Source = {
  title: 'Letters',
  address: { url: 'https://vendor.example/letters' },
  copy: 'letters.txt',
  read: (answer) => {
    if (answer === '<html>') throw new OtherShape('no letters');
    return answer.split(' ');
  },
  ours: () => ['b', 'a', 'ours'],
  held: 'packages/letters',
  apart: { ours: 'of us alone', theirs: 'of them alone' },
};
const drift = (answer: string, of = source) => driftOf(of, async () => answer);
const unreachable = () => driftOf(source, () => Promise.reject(new Error('status 503 instead of 200')));

describe('drift', () => {
  it('is none where both have the same, but for what is apart on purpose', async () => {
    const found = await drift('a b theirs');
    expect(found).toMatchObject({ added: [], gone: [] });
    expect(found.unread).toBeUndefined();
    expect(exitCodeOf([found])).toBe(0);
  });

  it('is what is new and what is gone, sorted and once', async () => {
    const found = await drift('b d c d');
    expect(found).toMatchObject({ added: ['c', 'd'], gone: ['a'] });
    expect(exitCodeOf([found])).toBe(3);
    expect(tableOf([found])).toContain('| Letters | **moved** | `c`<br>`d` | `a` | packages/letters |\n');
  });

  it.each([
    ['another shape', () => drift('<html>'), 'another shape: no letters'],
    ['no answer', unreachable, 'status 503 instead of 200'],
  ])('is not known of %s, which hides nothing else', async (_title, find, problem) => {
    const found = await find();
    expect(found).toMatchObject({ added: [], gone: [], unread: problem });
    expect(tableOf([found])).toContain(`| Letters | not read: \`${problem}\` |  |  | packages/letters |\n`);
    expect(exitCodeOf([found, await drift('a b')])).toBe(1);
    expect(exitCodeOf([found, await drift('a b c')])).toBe(3);
  });

  it('is known of the project alone where its own facts cannot be found', async () => {
    const lost: Source = {
      ...source,
      ours: () => {
        throw new Error('go.mod names no version');
      },
    };
    expect(await drift('a', lost)).toMatchObject({ added: [], gone: [], unread: 'go.mod names no version' });
  });
});

describe('the table', () => {
  it('shows what a vendor wrote as code, in its cell, on its line', async () => {
    const table = tableOf([await drift('a b `@octo|<img>\n|evil|\u202e')]);
    expect(table.split('\n')[2]).toBe("| Letters | **moved** | `'@octo\\|<img> \\|evil\\| ` |  | packages/letters |");
    expect(table.split('\n')).toHaveLength(4);
  });

  it('has a limit for each fact, and for how many', async () => {
    const many = Array.from({ length: 1000 }, (_one, index) => `${'x'.repeat(200)}${1000 + index}`);
    const table = tableOf([await drift(`a b ${many.join(' ')}`)]);
    expect(table).toContain('and 980 more');
    expect(table.length).toBeLessThan(3000);
  });
});
