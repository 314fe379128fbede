/**
 * Tests as well:
 * - packages/azure-pipelines/src/check-host.ts
 * - packages/github/src/check-host.ts
 * - packages/steps/src/trust-lint/comparison.ts
 * - packages/steps/src/trust-lint/read.ts
 * - packages/steps/src/trust-lint/verdict.ts
 */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jobRuntimes } from '../harness/process.ts';
import { pullRequest, writeFiles } from '../harness/pull-request.ts';
import { sarifErrors } from '../harness/sarif.ts';
import { platforms, trustLintStep, trustOf } from '../harness/trust-lint.ts';

const main = 'repo:octo@65001/app@724113:ref:refs/heads/main';
const production = 'repo:octo@65001/app@724113:environment:production';
const mine = 'github:octo@65001';
const outputName = { github: (name: string) => name.replace(/[A-Z]/g, (one) => `-${one.toLowerCase()}`) };
const written = (platform: string, names: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(names).map(([name, value]) => [platform === 'github' ? outputName.github(name) : name, value]),
  );

describe.each(platforms)('%s', (platform) => {
  it.concurrent.each(jobRuntimes())(
    '$name: a pull request that opens a role fails, and says whom it allows',
    async ({ node }) => {
      const change = pullRequest({
        before: { 'roles/deploy.json': trustOf(main), 'README.md': 'roles' },
        after: { 'roles/deploy.json': trustOf(main, 'repo:*') },
      });
      const step = trustLintStep(platform, change.environment, { mine }, node);
      const run = await step.run();
      expect(run.succeeded).toBe(false);
      expect(run.error).toContain('[CHECK_FAILED]');
      expect(run.outputs).toMatchObject(written(platform, { newAccess: 'true' }));
      expect(run.stderr).toBe('');

      const sarifFile = run.outputs[platform === 'github' ? 'sarif-file' : 'sarifFile'] ?? '';
      const sarif = JSON.parse(readFileSync(sarifFile, 'utf8'));
      expect(sarifErrors(sarif)).toEqual([]);
      const [{ results }] = sarif.runs;
      const anybody = results.find(({ ruleId }: { ruleId: string }) => ruleId === 'diff/anybody');
      const { physicalLocation } = anybody.locations[0];
      expect(physicalLocation.artifactLocation.uri).toBe('roles/deploy.json');
      const line =
        trustOf(main, 'repo:*')
          .split('\n')
          .findIndex((text, at) => at > 5 && text === '    {') + 1;
      expect(physicalLocation.region.startLine).toBe(line);

      const annotation =
        platform === 'github'
          ? `::error title=diff/anybody,file=roles/deploy.json,line=${line},col=5::Anybody is newly allowed. Anybody with an account`
          : `##vso[task.logissue type=error;code=diff/anybody;sourcepath=roles/deploy.json;linenumber=${line};columnnumber=5;]Anybody is newly allowed. Anybody with an account`;
      expect(run.stdout).toContain(annotation);
      expect(run.summary).toContain('**Newly allowed**');
      expect(run.summary).toContain('| <code>roles/deploy.json Statement&#91;1&#93;</code> |');
      const reportFile = run.outputs[platform === 'github' ? 'report-file' : 'reportFile'] ?? '';
      expect(run.summary).toContain(readFileSync(reportFile, 'utf8').trim());
      const upload = `##vso[artifact.upload containerfolder=CodeAnalysisLogs;artifactname=CodeAnalysisLogs;]${sarifFile}`;
      expect(run.stdout.split('\n').includes(upload)).toBe(platform === 'azure-pipelines');

      expect(run.exported).toEqual({});
      expect((await step.cleanUp()).exitCode).toBe(0);
      expect([existsSync(sarifFile), existsSync(reportFile)]).toEqual([false, false]);
      expect(step.files()).toEqual([]);
    },
  );

  it.concurrent('one that allows more of ours succeeds', async () => {
    const change = pullRequest({
      before: { 'deploy.json': trustOf(main) },
      after: { 'deploy.json': trustOf(main, production) },
    });
    const run = await trustLintStep(platform, change.environment, { mine }).run();
    expect([run.error, run.succeeded]).toEqual([undefined, true]);
    expect(run.outputs).toMatchObject(written(platform, { newAccess: 'false', errors: '0', warnings: '0' }));
    expect(run.summary).toContain('only mine');
    expect(run.stdout).toContain('Nobody else is newly allowed.');
  });

  it.concurrent('others by name are a warning beside ours, and a note where nobody is named', async () => {
    const change = pullRequest({
      before: { 'deploy.json': trustOf(main) },
      after: { 'deploy.json': trustOf(main, 'repo:evil@7/app@8:ref:refs/heads/main') },
    });
    const [beside, alone] = await Promise.all(
      [{ mine }, {}].map((inputs) => trustLintStep(platform, change.environment, inputs).run()),
    );
    expect(beside?.outputs).toMatchObject(written(platform, { newAccess: 'true', errors: '0', warnings: '1' }));
    expect(beside?.succeeded).toBe(false);
    expect(alone?.outputs).toMatchObject(
      written(platform, { newAccess: 'true', errors: '0', warnings: '0', notes: '1' }),
    );
    expect(alone?.succeeded).toBe(true);
  });

  it.concurrent('what others changed in the branch meanwhile is not of this pull request', async () => {
    const change = pullRequest({
      before: { 'deploy.json': trustOf(main), 'app.json': trustOf(main) },
      after: { 'app.json': trustOf(production) },
      meanwhile: { 'deploy.json': trustOf('repo:evil@7/app@8:*') },
    });
    const ofMerge = trustLintStep(platform, change.environment, { mine, failOn: 'none' });
    const whole = pullRequest({
      before: { 'deploy.json': trustOf(main), 'app.json': trustOf(main) },
      after: { 'app.json': trustOf(production) },
      meanwhile: { 'deploy.json': trustOf('repo:evil@7/app@8:*') },
      checkout: 'head',
      depth: 0,
    });
    const ofHead = trustLintStep(platform, whole.environment, { mine, failOn: 'none' });
    for (const run of await Promise.all([ofMerge.run(), ofHead.run()])) {
      expect(run.error).toBeUndefined();
      expect(run.outputs).toMatchObject(written(platform, { newAccess: 'false' }));
      const [changes = ''] = run.summary.split('**Findings**');
      expect(changes).not.toContain('evil');
    }
  });

  it.concurrent('outside of pull requests nothing is compared, unless a base is named', async () => {
    const change = pullRequest({
      before: { 'deploy.json': trustOf(main) },
      after: { 'deploy.json': trustOf(production) },
      depth: 0,
    });
    const { GITHUB_EVENT_PATH: _, GITHUB_BASE_REF: __, ...github } = change.environment.github;
    const { SYSTEM_PULLREQUEST_TARGETBRANCH: ___, ...azure } = change.environment['azure-pipelines'];
    const environment = { github, 'azure-pipelines': azure };
    const bases = ['auto', 'none', 'main', 'origin/main', 'refs/heads/main', 'HEAD^1', change.commits.base];
    const runs = await Promise.all(
      bases.map((baseRef) => trustLintStep(platform, environment, { mine, baseRef }).run()),
    );
    const name = platform === 'github' ? 'new-access' : 'newAccess';
    expect(runs.map(({ error, outputs }) => error ?? outputs[name])).toEqual(['', '', ...Array(5).fill('false')]);
  });

  it.concurrent.each([
    ['the merge commit alone is there', { depth: 1 }, {}],
    ["the change's own commit alone is there", { depth: 1, checkout: 'head' }, {}],
    ['a branch is named that is not there', { depth: 2 }, { baseRef: 'release' }],
  ] as const)('where %s, it says how to clone', async (_title, clone, inputs) => {
    const files = { before: { 'a.json': trustOf(main) }, after: { 'a.json': trustOf(production) } };
    const change = pullRequest({ ...files, ...clone });
    const { error, outputs, summary } = await trustLintStep(platform, change.environment, inputs).run();
    expect(error).toMatch(/^The clone does not have .*\[CHECK_INCOMPLETE\]/);
    const deeper = platform === 'github' ? 'fetch-depth: 2 at actions/checkout' : 'fetchDepth: 2 at the step checkout';
    expect(error).toContain(deeper);
    expect(summary).toContain(deeper);
    expect(outputs).toEqual({});
  });

  it.concurrent('a clone without all files of that commit will do, unless it needs them: nothing is fetched', async () => {
    const before = { 'a.json': trustOf(main), 'other.txt': 'one' };
    const [needed, not] = [{ 'a.json': trustOf(production) }, { 'other.txt': 'two' }].map((after) =>
      pullRequest({ before, after, filter: 'blob:none' }),
    );
    const runs = await Promise.all(
      [needed, not].flatMap((change) => (change ? [trustLintStep(platform, change.environment, {}).run()] : [])),
    );
    expect(runs[0]?.error).toMatch(
      /^(git cat-file failed|The clone does not have all files .*)\. \[CHECK_INCOMPLETE\]/,
    );
    expect(runs[0]?.outputs).toEqual({});
    expect(runs[1]?.error).toBeUndefined();
    expect(runs[1]?.outputs).toMatchObject(written(platform, { newAccess: 'false' }));
  });

  it.runIf(process.getuid?.() === 0).concurrent(
    'it does not matter whose the clone is, as in a container',
    async () => {
      const change = pullRequest({ before: { 'a.json': trustOf(main) }, after: { 'a.json': trustOf(production) } });
      execFileSync('chown', ['-R', '4242', change.workspace]);
      const { error, outputs } = await trustLintStep(platform, change.environment, { mine }).run();
      expect(error).toBeUndefined();
      expect(outputs).toMatchObject(written(platform, { newAccess: 'false' }));
    },
  );

  it.concurrent('a clone in a folder of the workspace is named, and its files by their paths in it', async () => {
    const change = pullRequest({
      before: { 'infra/roles/a.json': trustOf(main), 'other.json': trustOf('repo:*') },
      after: { 'infra/roles/a.json': trustOf('repo:evil@7/app@8:ref:refs/heads/main') },
      path: 'checkout',
    });
    const inputs = { mine, workingDirectory: 'checkout/infra', files: 'roles' };
    const run = await trustLintStep(platform, change.environment, inputs).run();
    expect(run.outputs).toMatchObject(written(platform, { newAccess: 'true', errors: '0' }));
    expect(run.stdout).toMatch(/(file|sourcepath)=infra\/roles\/a\.json[,;]/);
  });

  it.concurrent('files, folders, patterns and parameters are as they are written', async () => {
    const template = JSON.stringify({
      Parameters: { Owner: { Type: 'String' } },
      Resources: {
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: {
            AssumeRolePolicyDocument: JSON.parse(
              trustOf('x*').replace('"x*"', '{"Fn::Join": ["", ["repo:", {"Ref": "Owner"}, "/app@8:*"]]}'),
            ),
          },
        },
      },
    });
    const change = pullRequest({
      before: { 'a/b/wide.json': trustOf('repo:*'), 'a/main.txt': trustOf(main), 'stack.template': template },
      after: {},
    });
    const all = [
      { files: 'a' },
      { files: 'a/**\n!a/b' },
      { files: 'a/main.txt' },
      { files: 'stack.template', parameters: 'Owner = octo@7' },
      { files: '*.template' },
    ];
    const runs = await Promise.all(
      all.map((inputs) => trustLintStep(platform, change.environment, { ...inputs, failOn: 'none' }).run()),
    );
    const rules = runs.map(({ stdout, error }) => error ?? [...new Set(stdout.match(/(aws|read)\/[\w-]+/g))].sort());
    expect(rules[0]).toContain('aws/wildcard-owner');
    expect(rules[1]).toMatch(/has neither a trust policy nor federated credentials/);
    expect(rules[2]).toEqual([]);
    expect(rules[3]).toContain('aws/whole-repository');
    expect(rules[3]).not.toContain('read/unresolved');
    expect(rules[4]).toContain('read/unresolved');
  });

  it.concurrent('a document that moves is new where it comes to', async () => {
    const change = pullRequest({
      before: { 'roles/test.json': trustOf('repo:evil@7/app@8:ref:refs/heads/main'), 'b.json': trustOf(main) },
      after: { 'roles/test.json': undefined, 'roles/admin.json': trustOf('repo:evil@7/app@8:ref:refs/heads/main') },
    });
    const { outputs, summary } = await trustLintStep(platform, change.environment, { mine }).run();
    expect(outputs).toMatchObject(written(platform, { newAccess: 'true' }));
    expect(summary).toContain('roles/admin.json');
    expect(summary).toContain('**No longer allowed**');
  });

  it.concurrent('what cannot be compared is never taken for the same', async () => {
    const before = { 'a.json': trustOf(main), 'plan.txt': '' };
    const cases = [
      pullRequest({ before, after: { 'a.json': `${trustOf(production)}}` } }),
      pullRequest({ before: { ...before, 'a.json': `${trustOf(main)}}` }, after: { 'a.json': trustOf(main) } }),
      pullRequest({ before, after: {} }),
    ];
    const [, , generated] = cases;
    writeFiles(generated?.clone ?? '', { 'plan.json': trustOf(production) });
    const runs = await Promise.all(
      cases.map(({ environment }) => trustLintStep(platform, environment, { mine, failOn: 'none' }).run()),
    );
    for (const { error, outputs, stdout } of runs) {
      expect(error).toBeUndefined();
      expect(outputs).toMatchObject(written(platform, { newAccess: 'unknown' }));
      expect(stdout).toMatch(/read\/not-read|diff\/not-compared/);
    }
  });

  it.concurrent('a file that was changed in the job is compared as it is now', async () => {
    const change = pullRequest({ before: { 'a.json': trustOf(main) }, after: {} });
    writeFiles(change.clone, { 'a.json': trustOf('repo:evil@7/app@8:ref:refs/heads/main') });
    const { outputs } = await trustLintStep(platform, change.environment, { mine }).run();
    expect(outputs).toMatchObject(written(platform, { newAccess: 'true' }));
  });

  it.concurrent('a repository without a commit to compare with, and a folder without git, are linted', async () => {
    const change = pullRequest({ before: { 'a.json': trustOf(main) }, after: {} });
    const bare = join(change.workspace, '..', 'files');
    writeFiles(bare, { 'a.json': trustOf('repo:*') });
    const environment = {
      github: { GITHUB_WORKSPACE: bare },
      'azure-pipelines': { SYSTEM_DEFAULTWORKINGDIRECTORY: bare },
    };
    const [linted, wanted] = await Promise.all(
      [{}, { baseRef: 'main' }].map((inputs) => trustLintStep(platform, environment, inputs).run()),
    );
    expect(linted?.error).toContain('[CHECK_FAILED]');
    expect(wanted?.error).toMatch(/^Nothing is checked out with git\. \[CHECK_INCOMPLETE\]/);
  });
});
