/**
 * What a step costs a job: wall time, CPU and peak memory from the start of the process to its end, as ratios to a bare `node -e 0`
 * and to a hand-written script of two requests, measured in the same rounds, against an emulator with and without latency.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startEmulator } from '@fedbridge/emulator';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { cliScript } from '../harness/cli.ts';
import { gitHubStep } from '../harness/github-step.ts';
import type { Step } from '../harness/job.ts';
import { mainJourneys } from '../harness/journeys.ts';
import { machineEnvironment, root, type Variables } from '../harness/process.ts';
import { ids, pipelineJob, sharedSetup } from '../harness/setup.ts';
import { trustLintStep } from '../harness/trust-lint.ts';
import { folders, sizeOf } from './bundles.ts';
import { machine, median, table, writeFigures } from './pages.ts';

const rounds = 31;
const latencies = [0, 40];
const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
const usageFile = join(scratch, 'usage.json');
const measuring = {
  NODE_OPTIONS: `--import=${join(import.meta.dirname, 'usage.mjs')}`,
  USAGE_FILE: usageFile,
};

interface Subject {
  readonly name: string;
  /** The folder of its bundle. */
  readonly bundle?: string | undefined;
  /** Makes all ready. @returns what is measured; it throws if it did not do what it is for */
  prepare(environment: Variables): () => Promise<void>;
}
interface Cost {
  readonly ms: number[];
  readonly cpuMs: number[];
  readonly kB: number[];
}

await using emulator = await startEmulator({ setup: sharedSetup });

const subjects: readonly Subject[] = [
  {
    name: 'bare `node -e 0`',
    prepare: (environment) => script(['--eval=0'], environment),
  },
  {
    name: '`fedbridge --version`',
    bundle: 'packages/cli',
    prepare: (environment) => script([cliScript, '--version'], environment),
  },
  { name: 'two requests by hand', prepare: byHand },
  ...mainJourneys.map((journey) => ({
    name: journey.title,
    bundle: folders[journey.title],
    prepare: (environment: Variables) => step(journey.start(emulator, { environment })),
  })),
  {
    name: 'GitHub Actions, ID token',
    bundle: 'actions/id-token',
    prepare: (environment) => {
      const job = emulator.startGitHubJob();
      return step(gitHubStep({ name: 'id-token', inputs: {}, environment: { ...job.environment, ...environment } }));
    },
  },
  {
    name: 'Azure Pipelines, ID token',
    bundle: 'tasks/FedbridgeIdToken',
    prepare: (environment) => {
      const job = emulator.startAzurePipelinesJob(pipelineJob);
      return step(
        azurePipelinesStep({
          name: 'FedbridgeIdToken',
          inputs: {},
          environment: { ...job.environment, ...environment },
        }),
      );
    },
  },
  ...(['github', 'azure-pipelines'] as const).map((platform) => ({
    name: `${platform === 'github' ? 'GitHub Actions' : 'Azure Pipelines'}, trust lint`,
    bundle: platform === 'github' ? 'actions/trust-lint' : 'tasks/FedbridgeTrustLint',
    prepare: (environment: Variables) => {
      const workspace = join(root, 'test', 'documents');
      const own = {
        github: { GITHUB_WORKSPACE: workspace, ...environment },
        'azure-pipelines': { SYSTEM_DEFAULTWORKINGDIRECTORY: workspace, ...environment },
      };
      return step(trustLintStep(platform, own, { files: 'aws-get-role.json', failOn: 'none' }));
    },
  })),
];

function step({ run }: Pick<Step, 'run'>): () => Promise<void> {
  return async () => {
    const { error } = await run();
    if (error) throw new Error(error);
  };
}

function script(args: readonly string[], environment: Variables): () => Promise<void> {
  const variables = { ...machineEnvironment(scratch), ...environment };
  return async () => {
    await promisify(execFile)(process.execPath, args, { env: variables, cwd: scratch });
  };
}

function byHand(environment: Variables): () => Promise<void> {
  const form = {
    grant_type: 'client_credentials',
    client_id: ids.app,
    scope: 'https://graph.microsoft.com/.default',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  };
  const variables = {
    ...emulator.startGitHubJob().environment,
    TOKEN_ENDPOINT: `${emulator.urls.entra}/${ids.tenant}/oauth2/v2.0/token`,
    TOKEN_FORM: new URLSearchParams(form).toString(),
    ...environment,
  };
  return script([join(import.meta.dirname, 'two-requests.cjs')], variables);
}

async function measure(latencyMs: number): Promise<ReadonlyMap<string, Cost>> {
  const slow = (['github', 'azureDevOps', 'entra', 'sts'] as const).map((service) =>
    latencyMs === 0
      ? () => {}
      : emulator.inject({ service, times: Number.POSITIVE_INFINITY, fault: { delayMs: latencyMs } }),
  );
  const costs = new Map(subjects.map(({ name }) => [name, { ms: [], cpuMs: [], kB: [] } as Cost]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, prepare } of subjects) {
      const run = prepare({});
      const begin = performance.now();
      await run();
      const ms = performance.now() - begin;
      await prepare(measuring)();
      const { cpuMs, kB } = JSON.parse(readFileSync(usageFile, 'utf8')) as { cpuMs: number; kB: number };
      // The first round warms the caches of the file system.
      if (round === 0) continue;
      costs.get(name)?.ms.push(ms);
      costs.get(name)?.cpuMs.push(cpuMs);
      costs.get(name)?.kB.push(kB);
    }
  }
  for (const end of slow) end();
  return costs;
}

const sections = [`${machine()}; medians of ${rounds} rounds, ${new Date().toISOString().slice(0, 10)}.`];
for (const latency of latencies) {
  const costs = await measure(latency);
  const of = (name: string) => {
    const { ms = [], cpuMs = [], kB = [] } = costs.get(name) ?? {};
    return { ms: median(ms), cpuMs: median(cpuMs), kB: median(kB) };
  };
  const [bare, hand] = [of('bare `node -e 0`'), of('two requests by hand')];
  const rows = subjects.map(({ name, bundle }) => {
    const { ms, cpuMs, kB } = of(name);
    const size = bundle ? `${Math.round(sizeOf(join(root, bundle, 'dist', 'main')) / 1000)} kB` : '';
    return [
      name,
      `${ms.toFixed(0)} ms`,
      `**${(ms / bare.ms).toFixed(2)}**`,
      (ms / hand.ms).toFixed(2),
      (cpuMs / bare.cpuMs).toFixed(2),
      `${(kB / 1024).toFixed(0)} MB`,
      `**${(kB / bare.kB).toFixed(2)}**`,
      size,
    ];
  });
  sections.push(
    `### The cloud answers after ${latency} ms`,
    table(['', 'wall', '× bare node', '× by hand', 'CPU × bare', 'peak memory', '× bare', 'bundle'], rows),
  );
}
writeFigures('performance.md', 'start-up', sections.join('\n\n'));
