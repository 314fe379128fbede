import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { afterAll, expect, it } from 'vitest';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { gitHubStep } from '../harness/github-step.ts';
import { mainJourneys } from '../harness/journeys.ts';
import { root } from '../harness/process.ts';
import { pipelineJob, sharedSetup } from '../harness/setup.ts';
import { exchangeInputs, exchangeStep } from '../harness/token-exchange.ts';
import { platforms, trustLintStep } from '../harness/trust-lint.ts';

const emulator = await startEmulator({ setup: sharedSetup });
afterAll(() => emulator.close());

/** Parts of Node of which each takes milliseconds to load. Without TLS, which the emulator does not speak here, no step needs one. */
const costly = ['crypto', 'zlib', 'child_process', 'tls', 'https', 'internal/crypto/webcrypto', 'internal/fs/promises'];

const idTokens = {
  'GitHub Actions, ID token': (environment: Record<string, string>) =>
    gitHubStep({
      name: 'id-token',
      inputs: {},
      environment: { ...emulator.startGitHubJob().environment, ...environment },
    }),
  'Azure Pipelines, ID token': (environment: Record<string, string>) =>
    azurePipelinesStep({
      name: 'FedbridgeIdToken',
      inputs: {},
      environment: { ...emulator.startAzurePipelinesJob(pipelineJob).environment, ...environment },
    }),
};
const exchanges = (['github', 'azure-pipelines'] as const).map(
  (platform) =>
    [
      `Token exchange on ${platform}`,
      (environment: Record<string, string>) =>
        exchangeStep({ emulator, platform }, exchangeInputs.rfc8693(emulator), environment),
    ] as const,
);
const steps = [
  ...mainJourneys.map(
    ({ title, start }) => [title, (environment: Record<string, string>) => start(emulator, { environment })] as const,
  ),
  ...Object.entries(idTokens),
  ...exchanges,
];

const scratch = mkdtempSync(join(tmpdir(), 'start-up-'));
const listing = join(scratch, 'listing.cjs');
writeFileSync(
  listing,
  `const before = new Set(process.moduleLoadList);
   const added = () => process.moduleLoadList.filter((name) => !before.has(name));
   process.on('exit', () => require('node:fs').writeFileSync(process.env.LISTED, JSON.stringify(added())));`,
);

it.each(steps)('%s loads no part of Node that it does not need', async (title, start) => {
  const listed = join(scratch, `${title}.json`);
  const { error } = await start({ NODE_OPTIONS: `--require=${listing}`, LISTED: listed }).run();
  expect(error).toBeUndefined();
  const loaded = JSON.parse(readFileSync(listed, 'utf8')) as readonly string[];
  expect(loaded).toContain('NativeModule http');
  // It writes files.
  const needed = title === 'Azure Pipelines to AWS' ? ['internal/fs/promises'] : [];
  expect(costly.filter((name) => loaded.includes(`NativeModule ${name}`))).toEqual(needed);
});

it.each(platforms)('trust lint on %s loads nothing of the network, and what runs git', async (platform) => {
  const listed = join(scratch, `${platform} lint.json`);
  const workspace = join(root, 'test', 'documents');
  const watched = { NODE_OPTIONS: `--require=${listing}`, LISTED: listed };
  const environment = {
    github: { GITHUB_WORKSPACE: workspace, ...watched },
    'azure-pipelines': { SYSTEM_DEFAULTWORKINGDIRECTORY: workspace, ...watched },
  };
  const { error } = await trustLintStep(platform, environment, { files: 'aws-get-role.json', failOn: 'none' }).run();
  expect(error).toBeUndefined();
  const loaded = JSON.parse(readFileSync(listed, 'utf8')) as readonly string[];
  const needless = [...costly, 'http'].filter((name) => loaded.includes(`NativeModule ${name}`));
  expect(needless.sort()).toEqual(['child_process', 'internal/fs/promises']);
});
