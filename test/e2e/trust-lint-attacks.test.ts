import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git, type PullRequest, pullRequest, writeFiles } from '../harness/pull-request.ts';
import { platforms, trustLintStep, trustOf } from '../harness/trust-lint.ts';

const main = 'repo:octo@65001/app@724113:ref:refs/heads/main';
const evil = 'repo:evil@7/app@8:ref:refs/heads/main';
const mine = 'github:octo@65001';

/** A program that leaves a mark that it ran. */
function marking() {
  const folder = mkdtempSync(join(tmpdir(), 'mark-'));
  const [program, mark] = [join(folder, 'program'), join(folder, 'mark')];
  writeFileSync(program, `#!/bin/sh\ntouch ${mark}\ncat 2>/dev/null\n`);
  chmodSync(program, 0o755);
  return { folder, program, ran: () => existsSync(mark) };
}

const opened = () => pullRequest({ before: { 'a.json': trustOf(main) }, after: { 'a.json': trustOf(main, evil) } });

describe.each(platforms)('%s', (platform) => {
  const newAccess = platform === 'github' ? 'new-access' : 'newAccess';

  it.concurrent('what the settings of a clone, its attributes and the environment name is not run', async () => {
    const { program, folder, ran } = marking();
    const change = opened();
    const { clone } = change;
    for (const setting of ['core.fsmonitor', 'core.sshCommand', 'core.pager', 'core.editor', 'diff.external'])
      git(clone, 'config', setting, program);
    for (const setting of ['filter.x.clean', 'filter.x.smudge', 'filter.x.process', 'diff.x.textconv'])
      git(clone, 'config', setting, program);
    git(clone, 'config', 'core.hooksPath', folder);
    for (const hook of ['post-index-change', 'reference-transaction', 'post-checkout'])
      writeFiles(folder, { [hook]: `#!/bin/sh\nexec ${program}\n` });
    writeFiles(clone, { '.git/info/attributes': '* filter=x diff=x export-ignore\n' });
    const planted = {
      GIT_EXTERNAL_DIFF: program,
      GIT_SSH_COMMAND: program,
      GIT_DIR: join(folder, 'nowhere'),
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.fsmonitor',
      GIT_CONFIG_VALUE_0: program,
    };
    const environment = { github: { ...change.environment.github, ...planted } };
    const all = { ...environment, 'azure-pipelines': { ...change.environment['azure-pipelines'], ...planted } };
    const { outputs } = await trustLintStep(platform, all, { mine }).run();
    expect([outputs[newAccess], ran()]).toEqual(['true', false]);
  });

  it.concurrent('an object in the place of another, and a repository in a folder of the change, are not looked at', async () => {
    const { program, ran } = marking();
    const change = opened();
    git(change.clone, 'replace', `${change.commits.base}^{tree}`, `${change.commits.merge}^{tree}`);
    // In it all is as it was, and it has a branch of that name.
    const other = pullRequest({ before: { 'b.json': trustOf(evil) }, after: {}, depth: 0 });
    const bare = join(change.clone, 'roles');
    git(change.clone, 'clone', '--quiet', '--bare', join(other.workspace, '..', 'origin'), bare);
    git(bare, 'config', 'core.fsmonitor', program);
    writeFiles(bare, { 'b.json': trustOf(evil) });
    const [whole, within] = await Promise.all([
      trustLintStep(platform, change.environment, { mine, failOn: 'none' }).run(),
      trustLintStep(platform, change.environment, { mine, baseRef: 'main', workingDirectory: 'roles' }).run(),
    ]);
    expect(whole.outputs[newAccess]).toBe('true');
    expect(within.error).toMatch(/\[CHECK_INCOMPLETE\]/);
    expect(ran()).toBe(false);
  });

  it.concurrent('a base is a name, and no option, path, range, search or text for a shell', async () => {
    const change = opened();
    const hostile = [
      ...['--upload-pack=x', '-O', '--', 'main:a.json', ':/begun', 'a..b', '@{-1}', 'main@{u}', 'HEAD^{/x}', '^main'],
      ...['main;id', '$(id)', '`id`', '|id', 'a b', 'a\u0000b', 'a\u202eb', 'refs/heads/', '.lock', 'x'.repeat(2000)],
    ].filter((name) => !name.includes('\u0000'));
    const runs = await Promise.all(
      hostile.map((baseRef) => trustLintStep(platform, change.environment, { baseRef }).run()),
    );
    for (const { error, outputs } of runs) {
      expect(error).toMatch(/\[INPUT_INVALID\]|^The clone does not have a commit .*\[CHECK_INCOMPLETE\]/);
      expect(outputs).toEqual({});
    }
  });

  it.concurrent('what a platform says of a pull request is looked at before it is used', async () => {
    const change = opened();
    const branch = '--output=/tmp/x';
    writeFileSync(
      change.environment.github.GITHUB_EVENT_PATH ?? '',
      JSON.stringify({ pull_request: { base: { sha: '--all', ref: branch } } }),
    );
    const environment = {
      github: { ...change.environment.github, GITHUB_REF: 'refs/heads/main' },
      'azure-pipelines': {
        ...change.environment['azure-pipelines'],
        BUILD_SOURCEVERSION: 'HEAD --all',
        SYSTEM_PULLREQUEST_TARGETBRANCH: branch,
      },
    };
    const { error } = await trustLintStep(platform, environment, {}).run();
    expect(error).toMatch(/^The clone does not have the commit .*\[CHECK_INCOMPLETE\]/);
  });

  it.concurrent('no link is followed, and nothing but a file is opened', async () => {
    const change = opened();
    const outside = join(change.workspace, '..', 'outside');
    writeFiles(outside, { 'wide.json': trustOf('repo:*') });
    symlinkSync(outside, join(change.clone, 'folder'));
    symlinkSync(join(outside, 'wide.json'), join(change.clone, 'link.json'));
    symlinkSync('.git', join(change.clone, 'inner'));
    execFileSync('mkfifo', [join(change.clone, 'pipe.json')]);
    const inputs = [
      ...['.', '**', '*.json'].map((files) => ({ files, failOn: 'none', mine })),
      ...['link.json', 'folder', 'folder/wide.json', 'inner/config', 'pipe.json'].map((files) => ({ files })),
      ...['.git/config', '../outside', '/etc/passwd', 'a/../../outside'].map((files) => ({ files })),
    ];
    const runs = await Promise.all(inputs.map((one) => trustLintStep(platform, change.environment, one).run()));
    const [first, second, third, ...others] = runs;
    for (const run of [first, second, third]) {
      expect(run?.error).toBeUndefined();
      expect(run?.stdout).not.toContain('wide.json');
      expect(run?.outputs[newAccess]).toBe('true');
    }
    for (const { error } of others) expect(error).toMatch(/\[INPUT_INVALID\]/);
    for (const { stdout } of runs) expect(stdout).not.toContain('wildcard-owner');
  });

  it.concurrent('what a pull request writes is text on the platform: names of files and what they hold', async () => {
    const names = [
      'a\n::error::x.json',
      '##vso[task.setvariable variable=x]y.json',
      '##[error]z.json',
      '%0A::add-mask::x.json',
      'a,line=1,title=t::x.json',
      'a;type=warning]##vso[task.complete]x.json',
      '\u001b[2J.json',
      '<img src=x>|`.json',
    ];
    const texts = [
      '\n##vso[task.complete result=Succeeded]',
      '\r\n::set-output name=x::y',
      '##[error]x',
      '%0A::stop-commands::x',
    ];
    const policies = texts.map((text) => trustOf(`repo:*${text}`));
    const change = pullRequest({
      before: { 'a.json': trustOf(main) },
      after: Object.fromEntries(names.map((name, at) => [name, policies[at % policies.length] ?? ''])),
    });
    const run = await trustLintStep(platform, change.environment, { mine }).run();
    expect(run.error).toContain('[CHECK_FAILED]');
    const allowed =
      platform === 'github'
        ? /^::(error|warning|notice)( title=[\w/-]+,file=[^:,]*,line=\d+,col=\d+)?::[^\r\n]*$/
        : /^##vso\[(task\.(logissue type=(error|warning);code=[\w/-]+;sourcepath=[^;\]]*;linenumber=\d+;columnnumber=\d+;|issue type=error;[^\]]*|setvariable variable=(sarifFile|reportFile|errors|warnings|notes|notLookedAt|newAccess);isOutput=true;issecret=false;|settaskvariable [^\]]*|complete result=Failed;|debug|uploadsummary)|artifact\.upload [^\]]*)\][^\r\n]*$/;
    const commands = run.stdout.split(/\r?\n/).filter((line) => /^\s*::|##(vso)?\[/.test(line));
    expect(commands.length).toBeGreaterThan(8);
    expect(commands.filter((line) => !allowed.test(line))).toEqual([]);
    expect(run.stdout).not.toContain('\u001b');
    expect(run.stdout.match(/\]?##vso\[task\.complete/g)?.length ?? 0).toBe(platform === 'github' ? 0 : 1);
    for (const acts of ['<img', '\u001b', '|`', '##vso[', '##[']) expect(run.summary).not.toContain(acts);
  });

  it.concurrent('there is a bound to what is read', async () => {
    const change = opened();
    const bomb = [
      'a0: &a0 [x]',
      ...Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}]`),
    ];
    writeFiles(change.clone, { 'bomb.yaml': `Statement: 1\n${bomb.join('\n')}\n` });
    const [bombed, large] = [change, opened()];
    writeFileSync(join(large.clone, 'large.json'), '');
    truncateSync(join(large.clone, 'large.json'), 17 * 1024 * 1024);
    const [first, second] = await Promise.all(
      [bombed, large].map(({ environment }: PullRequest) =>
        trustLintStep(platform, environment, { failOn: 'none' }).run(),
      ),
    );
    expect(first?.stdout).toContain('read/not-read');
    expect(second?.error).toBeUndefined();
    expect(second?.stdout).toMatch(/read\/not-read.*large\.json has more than 16777216 bytes\./);
  });
});
