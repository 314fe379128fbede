/**
 * Whether a step costs a job more than it did at an earlier commit: `node test/bench/since.ts <commit> [rounds]`. Its committed bundles and
 * those of now take turns, against the same emulator, so that a busy machine is as busy for both; what is compared is CPU time and memory.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { gitHubStep } from '../harness/github-step.ts';
import type { Step } from '../harness/job.ts';
import { mainJourneys } from '../harness/journeys.ts';
import { root, type Variables } from '../harness/process.ts';
import { pipelineJob, sharedSetup } from '../harness/setup.ts';
import { folders, sizeOf } from './bundles.ts';
import { machine, median, table, writeFigures } from './pages.ts';

const [commit = '', rounds = '31'] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
const usageFile = join(scratch, 'usage.json');
const environment = {
  NODE_OPTIONS: `--import=${join(import.meta.dirname, 'usage.mjs')}`,
  USAGE_FILE: usageFile,
};

interface Usage {
  readonly cpuMs: number;
  readonly kB: number;
}

const then = join(scratch, 'then');
execFileSync('mkdir', [then]);
execFileSync('tar', ['-x', '-C', then], {
  input: execFileSync('git', ['archive', commit, 'actions', 'tasks'], { cwd: root, maxBuffer: 2 ** 30 }),
});
const day = execFileSync('git', ['show', '--no-patch', '--format=%cs', commit], { cwd: root, encoding: 'utf8' }).trim();

await using emulator = await startEmulator({ setup: sharedSetup });
const idToken = (name: string, job: Variables, from: string) => ({
  ...{ name, inputs: {}, from },
  environment: { ...job, ...environment },
});
const starts: Readonly<Record<string, (from: string) => Step>> = {
  ...Object.fromEntries(
    mainJourneys.map(({ title, platform, start }) => [
      title,
      (from: string) =>
        start(emulator, { environment, from: join(from, platform === 'GitHub Actions' ? 'actions' : 'tasks') }),
    ]),
  ),
  'GitHub Actions, ID token': (from) =>
    gitHubStep(idToken('id-token', emulator.startGitHubJob().environment, join(from, 'actions'))),
  'Azure Pipelines, ID token': (from) =>
    azurePipelinesStep(
      idToken('FedbridgeIdToken', emulator.startAzurePipelinesJob(pipelineJob).environment, join(from, 'tasks')),
    ),
};

async function usage(step: Step): Promise<Usage> {
  const { error } = await step.run();
  if (error) throw new Error(error);
  return JSON.parse(readFileSync(usageFile, 'utf8')) as Usage;
}

const pairs = new Map(Object.keys(starts).map((name) => [name, [] as (readonly [then: Usage, now: Usage])[]]));
for (let round = 0; round <= Number(rounds); round += 1) {
  for (const [name, start] of Object.entries(starts)) {
    // Each is the first of the two as often as the other.
    const [first, second] = round % 2 === 0 ? [then, root] : [root, then];
    const measured = [await usage(start(first)), await usage(start(second))] as const;
    // The first round warms the caches of the file system.
    if (round > 0) pairs.get(name)?.push(first === then ? measured : [measured[1], measured[0]]);
  }
}

const rows = [...pairs].map(([name, all]) => {
  const ratio = (of: (usage: Usage) => number) => median(all.map(([before, after]) => of(after) / of(before)));
  const folder = folders[name] ?? '';
  return [
    name,
    `**${ratio(({ cpuMs }) => cpuMs).toFixed(2)}**`,
    `**${ratio(({ kB }) => kB).toFixed(2)}**`,
    ...[then, root].map((from) => `${Math.round(sizeOf(join(from, folder, 'dist', 'main', 'index.js')) / 1000)} kB`),
    ...[then, root].map((from) => `${Math.round(sizeOf(join(from, folder, 'dist', 'main')) / 1000)} kB`),
  ];
});
const today = new Date().toISOString().slice(0, 10);
const head = ['', 'CPU', 'peak memory', `loaded at once, ${day}`, today, `with what may be loaded, ${day}`, today];
writeFigures(
  'performance.md',
  'since',
  `${machine()}, ${today}: times what it was at ${commit.slice(0, 8)} of ${day}; medians of ${rounds} pairs.\n\n${table(head, rows)}`,
);
