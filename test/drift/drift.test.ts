/** Journeys of `pnpm drift` and of the weekly workflow, by the stored answers of vendors, with a stand-in for `gh`. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { answersFrom } from '../../scripts/drift/answers.ts';
import { driftOf, hasMoved } from '../../scripts/drift/compare.ts';
import { sources } from '../../scripts/drift/sources.ts';
import { root } from '../harness/process.ts';

const answers = 'test/drift/answers';
const discovery = `${answers}/github-discovery.json`;
const serviceReference = `${answers}/aws-sts.json`;
const stored = (path: string) => readFileSync(join(root, path), 'utf8');
/** Known here, and younger than the stored copy. */
const laterClaims = ['check_run_id', 'enterprise', 'enterprise_id', 'issuer_scope', 'ref_protected', 'sha'];

type Change = (text: string) => string;

/** Of GitHub's document. */
const ofClaims =
  (change: (claims: readonly string[]) => readonly string[]): Change =>
  (text) => {
    const document = JSON.parse(text) as { claims_supported: readonly string[] };
    return JSON.stringify({ ...document, claims_supported: change(document.claims_supported) });
  };
const withLaterClaims = ofClaims((claims) => [...new Set([...claims, ...laterClaims])]);

/** The stored answers in a folder of their own, that of GitHub with the claims that came later. */
function folderOfAnswers(changes: Readonly<Record<string, Change>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'drift-'));
  for (const path of new Set(sources.map(({ copy }) => copy))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    const text = path === discovery ? withLaterClaims(stored(path)) : stored(path);
    writeFileSync(join(folder, path), changes[path]?.(text) ?? text);
  }
  return folder;
}

async function movedIn(folder: string) {
  const drifts = await Promise.all(sources.map((source) => driftOf(source, answersFrom(folder))));
  return drifts.filter(hasMoved).map(({ source, added, gone }) => ({ title: source.title, added, gone }));
}

function run(...options: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'drift.ts'), ...options], {
    cwd: tmpdir(),
    encoding: 'utf8',
  });
  const rows = stdout.split('\n').slice(2, -1);
  const states = rows.map((row) => row.slice(2).split(' | ').slice(0, 2) as [title: string, state: string]);
  return { status, stderr, stdout, states: Object.fromEntries(states) };
}

/** @param change - of the condition keys of a web identity */
const ofKeys =
  (change: (keys: readonly string[]) => readonly string[]): Change =>
  (text) => {
    const reference = JSON.parse(text) as { Actions: { Name: string; ActionConditionKeys: readonly string[] }[] };
    for (const action of reference.Actions)
      if (action.Name === 'AssumeRoleWithWebIdentity') action.ActionConditionKeys = change(action.ActionConditionKeys);
    return JSON.stringify(reference);
  };

const kedaHere = stored(`${answers}/keda-release.txt`).trim().split('/').at(-1) ?? '';
const keys = 'AWS STS, condition keys of a web identity';
const limits = 'Entra, limits of federated credentials';

describe('drift', () => {
  it('is none of what vendors published when it was taken over', () => {
    const { status, stderr, states } = run('--from', folderOfAnswers());
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(states).toEqual(Object.fromEntries(sources.map(({ title }) => [title, 'as here'])));
  });

  it('is of the claims that the stored copy of GitHub is too old for', async () => {
    expect(await movedIn(root)).toEqual([{ title: 'GitHub, claims', added: [], gone: laterClaims }]);
  });

  it.each<[string, string, Change, { title: string; added: string[]; gone: string[] }]>([
    [
      'a claim is new',
      discovery,
      ofClaims((claims) => [...claims, 'runner_name']),
      { title: 'GitHub, claims', added: ['runner_name'], gone: [] },
    ],
    [
      'a claim is gone',
      discovery,
      ofClaims((claims) => claims.filter((claim) => claim !== 'run_id')),
      { title: 'GitHub, claims', added: [], gone: ['run_id'] },
    ],
    [
      'an algorithm is new',
      discovery,
      (text) => text.replace('"RS256"', '"RS256","ES256"'),
      { title: 'GitHub, algorithms', added: ['ES256'], gone: [] },
    ],
    [
      'an action is new',
      serviceReference,
      (text) => text.replace('"AssumeRoot"', '"AssumeAnything"').replace('"root-user"', '"role"'),
      { title: 'AWS STS, actions on a role', added: ['sts:AssumeAnything'], gone: [] },
    ],
    [
      'a key of an issuer has another name',
      serviceReference,
      ofKeys((all) => all.map((key) => key.replace('gitlab.com:project_id', 'gitlab.com:project'))),
      { title: keys, added: ['gitlab.com:project'], gone: ['gitlab.com:project_id'] },
    ],
    [
      'keys of requests and an issuer are new',
      serviceReference,
      ofKeys((all) => [...all, 'sts:New', 'ci.example:job']),
      { title: keys, added: ['ci.example:job', 'sts:New'], gone: [] },
    ],
    [
      'a key of requests is gone',
      serviceReference,
      ofKeys((all) => all.filter((key) => key !== 'sts:SourceIdentity')),
      { title: keys, added: [], gone: ['sts:SourceIdentity'] },
    ],
    [
      'Entra takes more',
      `${answers}/entra-limits.md`,
      (text) => text.replace('maximum of 20', 'maximum of 40'),
      { title: limits, added: ['federated credentials = 40'], gone: ['federated credentials = 20'] },
    ],
    [
      'an input of an action is new',
      'test/peers/azure-login/action.yml',
      (text) => text.replace('inputs:', 'inputs:\n  proxy: {}'),
      { title: 'azure-login', added: ['input proxy'], gone: [] },
    ],
    [
      'an input of a task has another default',
      'test/peers/azure-cli/AzureCLIV2.json',
      (text) => text.replace('"defaultValue": "scriptPath"', '"defaultValue": "inlineScript"'),
      {
        title: 'AzureCLIV2',
        added: ['input scriptLocation (required) = inlineScript'],
        gone: ['input scriptLocation (required) = scriptPath'],
      },
    ],
    [
      'KEDA is released',
      `${answers}/keda-release.txt`,
      (text) => text.replace(kedaHere, 'v99.0.0'),
      { title: 'KEDA, newest release', added: ['v99.0.0'], gone: [kedaHere] },
    ],
  ])('is seen where %s, and nowhere else', async (_title, path, change, moved) => {
    expect(await movedIn(folderOfAnswers({ [path]: change }))).toEqual([moved]);
  });

  it('stores the answers that moved, and no others', () => {
    const change: Change = (text) => text.replace('inputs:', 'inputs:\n  proxy: {}');
    const [from, into] = [folderOfAnswers({ 'test/peers/azure-login/action.yml': change }), folderOfAnswers()];
    writeFileSync(join(into, discovery), 'as it was');
    const { status, stdout } = run('--from', from, '--write', into);
    expect(status).toBe(3);
    expect(stdout).toContain('| azure-login | **moved** | `input proxy` |  | test/peers/azure-login/action.yml');
    const textIn = (folder: string, path: string) => readFileSync(join(folder, path), 'utf8');
    expect(textIn(into, 'test/peers/azure-login/action.yml')).toContain('  proxy: {}');
    expect(textIn(into, discovery)).toBe('as it was');
  });

  it('says which answers it could not read, and reads the others', () => {
    const [login, release] = ['test/peers/azure-login/action.yml', `${answers}/keda-release.txt`];
    const folder = folderOfAnswers({ [discovery]: () => '<html>', [login]: () => 'inputs: 7' });
    rmSync(join(folder, release));
    const { status, states } = run('--from', folder);
    expect(status).toBe(1);
    expect(states['GitHub, claims']).toBe('not read: `another shape: it cannot be parsed`');
    expect(states['azure-login']).toBe('not read: `another shape: inputs: no object`');
    expect(states['KEDA, newest release']).toContain('not read: `ENOENT');
    expect(Object.values(states).filter((state) => state === 'as here')).toHaveLength(sources.length - 4);
  });

  it('has a fact apart on purpose for as long as one side alone has it', () => {
    for (const { copy, read, ours, apart = {} } of sources)
      for (const fact of Object.keys(apart))
        expect([fact, [read(stored(copy)), ours()].filter((side) => side.includes(fact)).length]).toEqual([fact, 1]);
  });
});

describe('the weekly workflow', () => {
  type Job = { steps: { run?: string }[] };
  const { jobs } = parse(stored('.github/workflows/drift.yml')) as { jobs: Record<string, Job> };
  const scriptOf = (job: string) => jobs[job]?.steps.at(job === 'read' ? 3 : -1)?.run ?? '';
  const login = 'test/peers/azure-login/action.yml';

  /** A checkout of a repository on a host of its own, and stand-ins for programs, each a script of the shell. */
  function checkout(programs: Readonly<Record<string, string>>) {
    const folder = mkdtempSync(join(tmpdir(), 'drift-'));
    const [origin, work, bin, temp] = ['origin', 'work', 'bin', 'temp'].map((name) => join(folder, name));
    for (const one of [bin, temp]) mkdirSync(one as string);
    for (const [name, script] of Object.entries(programs))
      writeFileSync(join(bin as string, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const env = {
      ...{ PATH: `${bin}:/usr/bin:/bin`, HOME: folder, RUNNER_TEMP: temp as string, GIT_CONFIG_NOSYSTEM: '1' },
      ...{ GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STEP_SUMMARY: join(folder, 'summary') },
    };
    const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: work, env, encoding: 'utf8' });
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', origin as string], { env });
    execFileSync('git', ['clone', '--quiet', origin as string, work as string], { env, stdio: 'pipe' });
    for (const path of [login, '.github/workflows/ci.yml']) {
      mkdirSync(dirname(join(work as string, path)), { recursive: true });
      writeFileSync(join(work as string, path), 'before\n');
    }
    git('add', '.');
    git('-c', 'user.name=octo', '-c', 'user.email=octo@example', 'commit', '--quiet', '--message', 'Begin');
    git('push', '--quiet', 'origin', 'HEAD:main');
    const textOf = (path: string) => readFileSync(join(folder, path), 'utf8');
    const script = (job: string) =>
      spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', scriptOf(job)], {
        ...{ cwd: work, env, encoding: 'utf8' },
      });
    return { git, textOf, script, put: (path: string, text: string) => writeFileSync(join(folder, path), text) };
  }

  it.each([
    [0, 0, ''],
    [3, 0, 'moved=true\n'],
    [1, 1, ''],
  ])('knows of exit code %d whether there is something to propose', (code, status, output) => {
    const node = `[ "$*" = 'scripts/drift.ts --write .' ] && echo table && echo after >${login} && exit ${code}`;
    const { script, textOf, put } = checkout({ node });
    put('output', '');
    expect(script('read').status).toBe(status);
    expect([textOf('output'), textOf('summary')]).toEqual([output, 'table\n']);
    if (status === 0) expect(textOf('temp/drift.patch')).toContain('+after');
  });

  const patchOf = (path: string) => `--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-before\n+after\n`;
  const gh = (fails: string) => `echo "gh $*" >>"$HOME/calls"\ncase "$*" in ${fails}) exit 1;; esac`;

  it.each([
    ['opens a pull request', 'none', ['create']],
    ['brings the open one up to date', "'pr create'*", ['create', 'edit']],
  ])('%s, with stored answers and nothing else', (_title, fails, verbs) => {
    const { script, textOf, git, put } = checkout({ gh: gh(fails) });
    // Of last week, with a history of its own.
    const last = git(
      '-c',
      'user.name=octo',
      '-c',
      'user.email=octo@example',
      'commit-tree',
      '-m',
      'Last',
      'HEAD^{tree}',
    );
    git('push', '--quiet', 'origin', `${last.trim()}:refs/heads/drift`);
    put('temp/drift.patch', patchOf(login) + patchOf('.github/workflows/ci.yml'));
    put('temp/drift.md', '| table |\n');
    const { status, stderr } = script('propose');
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(git('diff', '--name-only', 'origin/main', 'origin/drift').trim()).toBe(login);
    const calls = textOf('calls').trimEnd().split('\n');
    expect(calls.map((call) => call.split(' ').slice(0, 4).join(' '))).toEqual([
      'gh auth setup-git',
      ...verbs.map((verb) => (verb === 'create' ? 'gh pr create --head' : 'gh pr edit drift')),
    ]);
    expect(textOf('temp/drift.md')).toMatch(/^\| table \|\n\n\S/);
  });

  it('proposes the table where the stored answers are as new, and a fact is not', () => {
    const { script, git, put } = checkout({ gh: gh('none') });
    put('temp/drift.patch', '');
    put('temp/drift.md', '| table |\n');
    expect(script('propose').status).toBe(0);
    expect(git('log', '--format=%s', 'origin/main..origin/drift').trim()).toBe('Take what vendors publish now');
  });
});
