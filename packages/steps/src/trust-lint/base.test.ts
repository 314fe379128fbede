import { realSystem } from '@fedbridge/core';
import type { ProposedChange } from '@fedbridge/step';
import { Selection, selectedFile } from '@fedbridge/trust-files';
import { describe, expect, it } from 'vitest';
import { type PullRequestOptions, pullRequest } from '../../../../test/harness/pull-request.ts';
import { baseCommit, filesBefore, parseWanted } from './base.ts';
import { Repository } from './git.ts';

const checkout = { deeper: 'depth: 2; 0', ofChange: 'checkout does that', forChanges: 'in a job for changes' };

/** The repository that a folder is of, as a step reads it. */
const repositoryOf = (folder: string) =>
  Repository.of(folder, { system: realSystem(process.env), tempDirectory: folder }, Date.now() + 600_000);

/** The commit that documents of a pull request are compared with, by its name. @param says - what else the platform says of the change */
async function baseOf(
  options: Partial<PullRequestOptions>,
  { says = {}, wanted = 'auto' }: { readonly says?: Partial<ProposedChange>; readonly wanted?: string } = {},
) {
  const { clone, commits } = pullRequest({ before: { a: '1' }, after: { b: '2' }, ...options });
  const change: ProposedChange = {
    ...{ mergeCommit: commits.merge, into: commits.base, branch: 'main', commit: commits.head },
    ...{ isUnknown: false, isOfStranger: false, ...says },
  };
  const commit = await baseCommit(
    parseWanted(wanted),
    { checkout, proposedChange: () => change },
    await repositoryOf(clone),
  );
  return Object.entries(commits).find(([, id]) => id === commit)?.[0];
}
const incomplete = (message: string) =>
  expect.objectContaining({ code: 'CHECK_INCOMPLETE', message: expect.stringContaining(message) });

describe('what is to be compared with', () => {
  it.each([
    ['auto', 'platform'],
    ['none', 'nothing'],
    ['main', { name: 'main' }],
    ['AUTO', { name: 'AUTO' }],
  ])('%s', (text, wanted) => expect(parseWanted(text)).toEqual(wanted));

  it.each(['--output=x', 'a..b', 'main:a', ''])('%j is no name of a commit', (text) =>
    expect(() => parseWanted(text)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' })),
  );
});

describe('a pull request is compared with', () => {
  const meanwhile = { c: '3' };

  it('the first parent of the commit that the platform made of it, however shallow the clone', async () => {
    expect(await baseOf({ meanwhile })).toBe('base');
  });

  it('where it was begun, if its own last commit is checked out', async () => {
    expect(await baseOf({ meanwhile, checkout: 'head', depth: 0 })).toBe('begun');
  });

  it('the branch that it goes into, where the platform names no commit', async () => {
    const says = { into: undefined, mergeCommit: undefined };
    expect(await baseOf({ checkout: 'head', depth: 0 }, { says })).toBe('begun');
    expect(await baseOf({ checkout: 'head', depth: 0 }, { says: { ...says, branch: 'refs/heads/main' } })).toBe(
      'begun',
    );
  });

  it('what the user names, and the platform is not asked', async () => {
    expect(await baseOf({ depth: 0 }, { wanted: 'HEAD^2' })).toBe('head');
    expect(await baseOf({ depth: 0 }, { wanted: 'main' })).toBe('base');
    expect(await baseOf({}, { wanted: 'none' })).toBeUndefined();
  });
});

describe('nothing is taken for the base that may be the change itself', () => {
  it.each<[string, Partial<PullRequestOptions>, Partial<ProposedChange>, string]>([
    ['the clone is too shallow for the merge commit', { depth: 1 }, {}, 'the commit that this pull request goes into'],
    [
      'the base is checked out, as for pull_request_target',
      { checkout: 'base', depth: 0 },
      {},
      'is not that of this pull request',
    ],
    ['the event does not say which change it is', {}, { isUnknown: true }, 'does not tell which change is checked out'],
  ])('where %s', async (_what, options, says, message) => {
    await expect(baseOf(options, { says })).rejects.toEqual(incomplete(message));
  });

  it('where there is no git, or a name that the clone does not have', async () => {
    await expect(baseOf({}, { wanted: 'release' })).rejects.toEqual(
      incomplete('a commit "refs/remotes/origin/release"'),
    );
    const host = { checkout, proposedChange: () => undefined };
    await expect(baseCommit({ name: 'main' }, host, undefined)).rejects.toEqual(incomplete('Nothing is checked out'));
    expect(await baseCommit('platform', host, undefined)).toBeUndefined();
  });
});

it('files are as they were, and the same where git has the same bytes, whatever is checked out of them', async () => {
  const before = {
    'same.json': 'x',
    'changed.json': 'old',
    'gone.json': 'was',
    'sparse.json': 'y',
    'skipped.txt': 'z',
  };
  const { clone, commits } = pullRequest({ before, after: { 'changed.json': 'new', 'gone.json': undefined } });
  const repository = await repositoryOf(clone);
  if (!repository) throw new Error('there is git');
  const now = new Map(
    [
      ['same.json', 'x'],
      ['changed.json', 'new'],
    ].map(([path = '', text = '']) => [path, selectedFile(path, Buffer.from(text), 'found')]),
  );
  const [base, head] = [await repository.tree(commits.base), await repository.tree(commits.merge)];
  const selection = Selection.parse('.');
  const { files, same } = await filesBefore(repository, { selection, now, base, head });
  expect(files.map(({ name, text }) => [name, text])).toEqual([
    ['changed.json', 'old'],
    ['gone.json', 'was'],
  ]);
  expect([...same].sort()).toEqual(['same.json', 'sparse.json']);
});
