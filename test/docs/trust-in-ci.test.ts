/**
 * Tests as well:
 * - packages/cli/src/trust-lint.ts
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { gitHubStep } from '../harness/github-step.ts';
import { preCommit, preCommitRepository } from '../harness/pre-commit.ts';
import { root, type Variables } from '../harness/process.ts';
import { pullRequest, writeFiles } from '../harness/pull-request.ts';
import { sarifErrors } from '../harness/sarif.ts';
import { trustOf } from '../harness/trust-lint.ts';

const page = readFileSync(join(root, 'docs', 'trust.md'), 'utf8');
const section = page.slice(page.indexOf('\n## In CI\n'), page.indexOf('\n## Migrate\n'));
const examples = [...section.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
const [workflowText = '', pipelineText = '', configText = ''] = examples;
const [workflow, pipeline, config] = [workflowText, pipelineText, configText].map((text) => parse(text));
const hasActionlint = spawnSync('actionlint', ['--version']).status === 0;

interface Step {
  readonly uses?: string;
  readonly with?: Variables;
  readonly if?: string;
}

const ours = 'repo:octo@65001/app@724113:ref:refs/heads/main';
const evil = 'repo:evil@7/app@8:ref:refs/heads/main';

/** A pull request whose clone is as deep as a page says. */
const opened = (depth: number) =>
  pullRequest({
    before: { 'infrastructure/role.json': trustOf(ours), 'infrastructure/examples/role.json': trustOf('repo:*') },
    after: { 'infrastructure/role.json': trustOf(ours, evil), 'infrastructure/examples/other.json': trustOf('repo:*') },
    depth,
  });

describe("the workflow of the page's section on CI", () => {
  const { permissions, steps } = workflow.jobs['trust-lint'] as { permissions: object; steps: readonly Step[] };
  const [checkout, lint, upload] = steps;

  it('has what it takes, and no identity', () => {
    expect(workflow.permissions).toEqual({});
    expect(permissions).toEqual({ contents: 'read', 'security-events': 'write' });
  });

  it.skipIf(!hasActionlint)('is a workflow (skipped: no "actionlint" on the path)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'workflow-'));
    writeFiles(folder, { '.github/workflows/trust.yml': workflowText });
    const args = ['-no-color', join(folder, '.github/workflows/trust.yml')];
    const { status, stdout, stderr } = spawnSync('actionlint', args, { encoding: 'utf8' });
    expect({ status, output: `${stdout}${stderr}` }).toEqual({ status: 0, output: '' });
  });

  it('fails for a pull request that lets others in, and hands over SARIF all the same', async () => {
    const change = opened(Number(checkout?.with?.['fetch-depth']));
    const step = gitHubStep({ name: 'trust-lint', inputs: lint?.with ?? {}, environment: change.environment.github });
    const run = await step.run();
    expect(run.error).toMatch(/^One problem was found .*\[CHECK_FAILED\]/);
    expect(run.outputs['new-access']).toBe('true');
    expect(run.stdout).toContain('::warning title=diff/others,file=infrastructure/role.json,');
    const [, output = ''] = /^\$\{\{ steps\.trust\.outputs\.([\w-]+) \}\}$/.exec(upload?.with?.sarif_file ?? '') ?? [];
    expect(upload?.if).toContain(`steps.trust.outputs.${output}`);
    expect(sarifErrors(JSON.parse(readFileSync(run.outputs[output] ?? '', 'utf8')))).toEqual([]);
    await step.cleanUp();
    expect(existsSync(run.outputs[output] ?? '')).toBe(false);
  });
});

it("the pipeline of the page's section on CI fails alike", async () => {
  const [checkout, lint] = pipeline.steps;
  const change = opened(checkout.fetchDepth);
  const step = azurePipelinesStep({
    name: 'FedbridgeTrustLint',
    inputs: lint.inputs,
    environment: change.environment['azure-pipelines'],
  });
  const run = await step.run();
  expect(run.error).toContain('[CHECK_FAILED]');
  expect(run.outputs.newAccess).toBe('true');
  expect(run.stdout).toContain(
    '##vso[artifact.upload containerfolder=CodeAnalysisLogs;artifactname=CodeAnalysisLogs;]',
  );
});

describe.skipIf(!preCommit.isInstalled)('pre-commit (skipped: no "pre-commit" on the path)', () => {
  let commit: (files: Readonly<Record<string, string>>) => { status: number | null; output: string };

  beforeAll(() => {
    commit = preCommitRepository(config);
  });

  it('lets a commit through that has nothing to do with trust, and one that allows ours alone', () => {
    expect(commit({ 'package.json': '{}', 'a.yaml': '- {{ helm }}', 'role.json': trustOf(ours) })).toMatchObject({
      status: 0,
    });
  });

  it('stops one that lets anybody in, and says where', () => {
    const { status, output } = commit({ 'wide.json': trustOf('repo:*') });
    expect(status).not.toBe(0);
    expect(output).toMatch(/^error aws\/[\w-]+ wide\.json:\d+:\d+ /m);
  });

  it('takes no file for an option', () => {
    const { status, output } = commit({ '-h.json': trustOf('repo:*'), '--format=sarif.json': trustOf('repo:*') });
    expect(status).not.toBe(0);
    expect(output).toMatch(/-h\.json:\d+:\d+ /);
    expect(output).toMatch(/--format=sarif\.json:\d+:\d+ /);
  });
});

it('what pre-commit starts is a program, in the repository and without it', () => {
  const folder = pullRequest({ before: {}, after: {} }).workspace;
  writeFiles(folder, { 'wide.json': trustOf('repo:*'), 'package.json': '{}' });
  const { status, output } = preCommit.hook(['wide.json', 'package.json'], folder);
  expect(status).toBe(3);
  expect(output).toMatch(/^error aws\/[\w-]+ wide\.json:\d+:\d+ /m);
});
