import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kebabCase } from '@fedbridge/core';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { type CloudTools, hasAwsCli, startCloudTools } from '../harness/cloud-tools.ts';
import { gitHubStep } from '../harness/github-step.ts';
import { asShown, type Block, blocksOf, deniedIn, runBlocks } from '../harness/page-commands.ts';
import { root, type Variables } from '../harness/process.ts';
import { ids } from '../harness/setup.ts';
import { pathWith } from '../harness/stand-in-tools.ts';

const connection = {
  name: 'azure-prod',
  id: ids.newConnection,
  issuer: 'entra' as const,
  tenantId: ids.tenant,
  clientId: ids.app,
  subscriptionId: ids.subscription,
};
const organizations = [
  {
    name: 'contoso',
    id: ids.organization,
    projects: [{ name: 'web', id: ids.project, pipelines: { release: '12' }, connections: [connection] }],
  },
];
const pipeline = { organization: 'contoso', project: 'web', pipeline: 'release', connections: ['azure-prod'] };
const push = { repository: 'octo/app', ref: 'refs/heads/main', immutableSubject: true };

const pages = ['github-aws', 'github-azure', 'azure-pipelines-aws', 'azure-pipelines-azure'];

it('there is a quick start of each platform to each cloud', () => {
  const files = readdirSync(join(root, 'docs', 'start'));
  expect(files.sort()).toEqual(pages.map((page) => `${page}.md`).sort());
});

describe.each(pages)('the quick start %s', (page) => {
  const blocks = blocksOf(`docs/start/${page}.md`);
  const isOfAws = page.endsWith('-aws');

  it.skipIf(isOfAws && !hasAwsCli)(
    'leads from zero to a green job, line by line (skipped: no "aws" on the path)',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'start-'));
      await using tools = await startCloudTools(folder);
      const commands = blocks.filter(({ language }) => language === 'sh');
      for (const { block, output, failed } of await runBlocks(commands, folder, tools.environment)) {
        expect({ output, failed }).toEqual({ output, failed: deniedIn(block) });
        const shown = shownAfter(blocks, block);
        expect(output).toMatch(shown === undefined ? /^$/ : asShown(shown));
      }
      const yaml = blocks.find(({ language }) => language === 'yaml');
      if (!yaml) throw new Error('it has no workflow or pipeline');
      const { log, error } = await ranAt(tools, page.startsWith('github'), steps(yaml));
      expect(error).toBeUndefined();
      expect(log).toMatch(asShown(shownAfter(blocks, yaml) ?? ''));
    },
  );
});

/** What the page shows below a block, where it shows something. */
function shownAfter(blocks: readonly Block[], block: Block): string | undefined {
  const next = blocks[blocks.indexOf(block) + 1];
  return next?.language === 'text' ? next.text : undefined;
}

interface ShownStep {
  readonly uses?: string;
  readonly with?: Variables;
  readonly task?: string;
  readonly inputs?: Variables;
  readonly run?: string;
  readonly script?: string;
}

function steps({ text }: Block): readonly ShownStep[] {
  const document = parse(text);
  const [workflowJob] = Object.values(document.jobs ?? {}) as { permissions: object; steps: readonly ShownStep[] }[];
  if (workflowJob) expect(workflowJob.permissions).toMatchObject({ 'id-token': 'write' });
  return workflowJob?.steps ?? document.steps;
}

/** Runs the steps of a workflow or pipeline as a job, on a cloud in which is what the page made. @returns what its log shows */
async function ranAt(tools: CloudTools, isOfGitHub: boolean, [step, script]: readonly ShownStep[]) {
  await using emulator = await startEmulator({ setup: { ...tools.made(), organizations }, names: 'real' });
  const { environment } = isOfGitHub ? emulator.startGitHubJob(push) : emulator.startAzurePipelinesJob(pipeline);
  const name = step?.task?.replace('@1', '') ?? /actions\/([\w-]+)@/.exec(step?.uses ?? '')?.[1] ?? '';
  const own = byId(step?.inputs ?? step?.with ?? {});
  const where = /aws/i.test(name) ? { stsEndpoint: emulator.urls.sts } : { authorityHost: emulator.urls.entra };
  const placed = Object.entries(where).map(([input, url]) => [isOfGitHub ? kebabCase(input) : input, url]);
  const given = {
    name,
    inputs: { ...own, ...Object.fromEntries(placed) },
    environment: { ...environment, PATH: `${pathWith(['az'])}:${process.env.PATH}` },
  };
  const run = await (isOfGitHub ? gitHubStep(given) : azurePipelinesStep(given)).run();
  // A group is a line with a triangle before it.
  const shown = run.shown.replace(/^(?:##\[group\]|::group::)/gm, '');
  const later = script?.run ?? script?.script ?? '';
  // Signing in is az's own work, which test/interop tries.
  if (run.error || !later.startsWith('aws ')) return { error: run.error, log: shown };
  const endpoint = { AWS_ENDPOINT_URL_STS: emulator.urls.sts, AWS_EC2_METADATA_DISABLED: 'true' };
  const env = { ...given.environment, ...run.exported, ...endpoint };
  const { stdout } = await promisify(execFile)('bash', ['-c', later], { env });
  return { error: run.error, log: `${shown}\n${stdout}` };
}

/** The agent hands a task the id of a connection that a pipeline names. */
function byId({ azureSubscription, ...inputs }: Variables): Variables {
  if (azureSubscription === undefined) return inputs;
  expect(azureSubscription).toBe(connection.name);
  return { ...inputs, azureSubscription: connection.id };
}
