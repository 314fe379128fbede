import { spawnSync } from 'node:child_process';
import { realSystem, type System } from '@fedbridge/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isName, Repository } from './git.ts';

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

describe('What is asked of git', () => {
  const id = 'a'.repeat(40);
  /** A repository whose git prints what it is told to, and what it was called with. */
  async function repositoryThatPrints(printed: string, job: Record<string, string> = {}) {
    const calls: Parameters<System['run']>[0][] = [];
    const system = {
      ...realSystem({ PATH: '/bin', ...job }),
      hasProgram: async () => true,
      run: async (call: Parameters<System['run']>[0]) => {
        calls.push(call);
        return { exitCode: 0, output: '', bytes: Buffer.from(printed) };
      },
    };
    const repository = await Repository.of('/sources', { system, tempDirectory: '/temp' }, Date.now() + 60_000);
    if (!repository) throw new Error('there is none');
    return { repository, calls };
  }

  it('follows no variable of the job that git would, and starts elsewhere than in the sources', async () => {
    const job = { GIT_DIR: '/elsewhere', git_config_count: '1', GIT_SSH_COMMAND: 'x', GITHUB_SHA: id, HOME: '/home/a' };
    const { calls } = await repositoryThatPrints('', job);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.environment).toEqual({
      ...{ PATH: '/bin', GITHUB_SHA: id, HOME: '/home/a' },
      ...{ GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0', GIT_ALLOW_PROTOCOL: 'none', LC_ALL: 'C' },
    });
    expect(calls[0]).toMatchObject({ program: 'git', folder: '/temp' });
    expect(calls[0]?.args).toEqual(expect.arrayContaining(['--no-replace-objects', 'core.hooksPath=/dev/null']));
  });

  it.each([
    [id, id],
    ['0123456789abcdef'.repeat(4), '0123456789abcdef'.repeat(4)],
    [`${id}\r`, id],
    ['main', undefined],
    ['g'.repeat(40), undefined],
    ['-'.repeat(64), undefined],
    [`${id}a`, undefined],
    [id.toUpperCase(), undefined],
    [`${id}\n${id}`, undefined],
  ])('takes %j for the commit %s', async (line, commit) => {
    const { repository } = await repositoryThatPrints(`${line}\n`);
    expect(await repository.commit('main')).toBe(commit);
    expect(await repository.mergeBase('one', 'other')).toBe(commit);
  });
});
