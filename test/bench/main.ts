/**
 * What a step costs a job: wall time from the start of the process to its end, against the emulator, as a ratio to a bare
 * `node -e 0` measured in the same rounds; and the size of its bundle.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { gitHubStep } from '../harness/github-step.ts';
import { input, mainJourneys } from '../harness/journeys.ts';
import { root } from '../harness/process.ts';
import { fleet, pipelineJob, sharedSetup } from '../harness/setup.ts';

const rounds = 15;
await using emulator = await startEmulator({ setup: sharedSetup });

const subjects = [
  ...mainJourneys.map((journey) => ({
    name: journey.title,
    bundle: `${journey.platform === 'GitHub Actions' ? 'actions' : 'tasks'}/${bundleOf(journey.platform, journey.cloud)}`,
    start: () => journey.start(emulator),
  })),
  ...mainJourneys
    .filter(({ cloud }) => cloud === 'AWS')
    .map((journey) => ({
      name: `${journey.title}, 8 roles`,
      bundle: `${journey.platform === 'GitHub Actions' ? 'actions' : 'tasks'}/${bundleOf(journey.platform, 'AWS')}`,
      start: () =>
        journey.start(emulator, {
          inputs: {
            ...input(journey, 'role-to-assume', ''),
            ...input(journey, 'roles', fleet.map((arn, index) => `r${index} = ${arn}`).join('\n')),
          },
        }),
    })),
  {
    name: 'GitHub Actions ID token',
    bundle: 'actions/id-token',
    start: () => gitHubStep({ name: 'id-token', inputs: {}, environment: emulator.startGitHubJob().environment }),
  },
  {
    name: 'Azure Pipelines ID token',
    bundle: 'tasks/FedbridgeIdToken',
    start: () =>
      azurePipelinesStep({
        name: 'FedbridgeIdToken',
        inputs: {},
        environment: emulator.startAzurePipelinesJob(pipelineJob).environment,
      }),
  },
];

const bare: number[] = [];
const times = new Map(subjects.map(({ name }) => [name, [] as number[]]));
for (let round = 0; round <= rounds; round += 1) {
  const measured = [timed(() => spawnSync(process.execPath, ['-e', '0']))];
  for (const { start } of subjects) {
    const step = start();
    const begin = performance.now();
    const { succeeded, error } = await step.run();
    if (!succeeded) throw new Error(error);
    measured.push(performance.now() - begin);
  }
  // The first round warms the caches of the file system.
  if (round === 0) continue;
  bare.push(measured[0] ?? 0);
  for (const [index, { name }] of subjects.entries()) times.get(name)?.push(measured[index + 1] ?? 0);
}

const base = median(bare);
console.log(`node ${process.version}, ${rounds} rounds, medians; bare node: ${base.toFixed(0)} ms`);
for (const { name, bundle } of subjects) {
  const ms = median(times.get(name) ?? []);
  const kB = sizeOf(join(root, bundle, 'dist', 'main')) / 1000;
  console.log(
    `${name.padEnd(32)} ${ms.toFixed(0).padStart(5)} ms  ${(ms / base).toFixed(2)} × bare node  ${kB.toFixed(0).padStart(5)} kB`,
  );
}

function bundleOf(platform: string, cloud: string): string {
  if (platform === 'GitHub Actions') return cloud === 'AWS' ? 'aws-credentials' : 'entra-token';
  return cloud === 'AWS' ? 'FedbridgeAwsCredentials' : 'FedbridgeEntraToken';
}

function timed(run: () => unknown): number {
  const begin = performance.now();
  run();
  return performance.now() - begin;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function sizeOf(folder: string): number {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.js'))
    .reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}
