import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { hasAwsCli, startCloudTools } from '../harness/cloud-tools.ts';
import { blocksOf, runBlocks } from '../harness/page-commands.ts';
import { root } from '../harness/process.ts';

const blocks = blocksOf('docs/recipes.md');
const of = (language: string) => blocks.filter((block) => block.language === language);

it.skipIf(!hasAwsCli)('commands of the recipes are commands (skipped: no "aws" on the path)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recipes-'));
  // The agent's own.
  writeFileSync(join(folder, 'config.sh'), '#!/bin/sh\n', { mode: 0o755 });
  await using tools = await startCloudTools(folder);
  for (const { block, output, failed } of await runBlocks(of('sh'), folder, tools.environment)) {
    expect({ output, failed }).toEqual({ output, failed: [] });
    if (block.text.startsWith('fedbridge trust'))
      expect(output).toMatch(/repo:octo@65001|system:serviceaccount:runners/);
  }
});

const terraform = { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null', CHECKPOINT_DISABLE: '1' };
const hasTerraform = spawnSync('terraform', ['version'], { env: terraform }).status === 0;
it.skipIf(!hasTerraform)('Terraform lays its code out as it is (skipped: no "terraform" on the path)', () => {
  expect(of('hcl')).not.toEqual([]);
  for (const { text: input } of of('hcl')) {
    const args = ['fmt', '-check', '-diff', '-'];
    const { status, stdout, stderr } = spawnSync('terraform', args, { input, env: terraform, encoding: 'utf8' });
    expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
  }
});

const hasActionlint = spawnSync('actionlint', ['--version']).status === 0;
describe('workflows of the pages', () => {
  const workflows = globSync('docs/**/*.md', { cwd: root })
    .sort()
    .flatMap((page) => blocksOf(page).flatMap(({ language, text }) => (language === 'yaml' ? [{ page, text }] : [])))
    .filter(({ text }) => {
      const document = parse(text) as Readonly<Record<string, unknown>> | null;
      return document !== null && 'on' in document && 'jobs' in document;
    });

  it.each(workflows)('$page: permissions are said, and the ID token is for the jobs that need it alone', ({ text }) => {
    const { permissions, jobs } = parse(text) as {
      permissions: object;
      jobs: Record<string, { permissions?: object }>;
    };
    expect(permissions).toBeDefined();
    expect(permissions).not.toHaveProperty('id-token');
    for (const job of Object.values(jobs)) {
      const asks = /aws-credentials@|entra-token@|id-token@|token-exchange@|workflows\/deploy\.yml@/.test(
        JSON.stringify(job),
      );
      expect('id-token' in (job.permissions ?? {})).toBe(asks);
    }
  });

  it.skipIf(!hasActionlint).each(workflows)(
    '$page: is a workflow (skipped: no "actionlint" on the path)',
    ({ text }) => {
      const folder = mkdtempSync(join(tmpdir(), 'workflow-'));
      mkdirSync(join(folder, '.github', 'workflows'), { recursive: true });
      const file = join(folder, '.github', 'workflows', 'page.yml');
      writeFileSync(file, text);
      const { status, stdout, stderr } = spawnSync('actionlint', ['-no-color', file], { encoding: 'utf8' });
      expect({ status, output: `${stdout}${stderr}` }).toEqual({ status: 0, output: '' });
    },
  );
});
