import { describe, expect, it } from 'vitest';
import { Selection } from './selection.ts';

describe('A selection', () => {
  it.each<[text: string, path: string, how: 'named' | 'found' | undefined]>([
    ['.', 'a.json', 'found'],
    ['.', 'a/b/c.yaml', 'found'],
    ['.', 'a.txt', undefined],
    ['.', '.github/a.json', undefined],
    ['.', 'node_modules/a/b.json', undefined],
    ['./a/', 'a/b.json', 'found'],
    ['a', 'ab/b.json', undefined],
    ['a.txt', 'a.txt', 'named'],
    ['a.txt', 'b/a.txt', undefined],
    ['.infra', '.infra/a.json', 'found'],
    ['.infra', '.infra/.x/a.json', undefined],
    ['.infra/*.json', '.infra/a.json', 'found'],
    ['*.json', 'a.json', 'found'],
    ['*.json', 'a/b.json', undefined],
    ['*.txt', 'a.txt', undefined],
    ['**/*.json', 'a.json', 'found'],
    ['**/*.json', 'a/b/c.json', 'found'],
    ['a/**/b/*.json', 'a/b/c.json', 'found'],
    ['a/**/b/*.json', 'a/x/y/b/c.json', 'found'],
    ['a/**/b/*.json', 'a/x/y/c.json', undefined],
    ['a/*', 'a/b/c.json', 'found'],
    ['**', 'a/b.json', 'found'],
    ['**/trust-?.json', 'a/trust-1.json', 'found'],
    ['**/trust-?.json', 'a/trust-12.json', undefined],
    ['.\n!a', 'a/b.json', undefined],
    ['.\n!a', 'ab/b.json', 'found'],
    ['.\n! **/test', 'x/test/b.json', undefined],
    ['a.json\n!a.json', 'a.json', undefined],
    ['a\\b', 'a/b/c.json', 'found'],
    ['[a].json', 'a.json', undefined],
    ['[a].json', '[a].json', 'named'],
  ])('%j: %s is %s', (text, path, how) => expect(Selection.parse(text).how(path)).toBe(how));

  it.each<[text: string, starts: string[]]>([
    ['.', ['']],
    ['a/b\nc/*.json\n**/d', ['a/b', 'c', '']],
  ])('%j begins in %j', (text, starts) => expect(Selection.parse(text).starts).toEqual(starts));

  it('is matched with work in proportion, whatever it is', () => {
    const selection = Selection.parse(`${'**/*a*/'.repeat(60)}*.json`);
    expect(selection.how(`${'aaaa/'.repeat(2000)}b.json`)).toBe('found');
    expect(selection.how(`${'aaaa/'.repeat(2000)}b/c.json`)).toBeUndefined();
  });
});
