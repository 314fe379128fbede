import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { gitHubStep } from '../harness/github-step.ts';
import { input, type Journey, mainJourneys } from '../harness/journeys.ts';
import { ids, sharedSetup } from '../harness/setup.ts';

interface Delivery {
  readonly cloud: Journey['cloud'];
  readonly inputs: Readonly<Record<string, string>>;
  readonly variables: readonly string[];
  readonly only?: Journey['platform'];
}

const before = 'a/secret+that=was;there';
const keys = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
/** Variables that a step sets and that held a secret before, by the inputs that have it set them. */
const deliveries: readonly Delivery[] = [
  { cloud: 'AWS', inputs: {}, variables: keys },
  { cloud: 'AWS', inputs: { 'keep-fresh': 'true' }, variables: keys },
  { cloud: 'AWS', inputs: { 'export-credentials': 'true' }, variables: keys, only: 'Azure Pipelines' },
  { cloud: 'Entra', inputs: { export: 'azure-devops' }, variables: ['AZURE_DEVOPS_EXT_PAT'] },
];
const cases = mainJourneys.flatMap((journey) =>
  deliveries
    .filter(({ cloud, only = journey.platform }) => cloud === journey.cloud && only === journey.platform)
    .flatMap((delivery) => {
      // A secret of the job is touched where it is set anew.
      const setsSecrets = delivery.only !== undefined || journey.cloud === 'Entra';
      const ways = [
        'in the environment',
        ...(setsSecrets && journey.platform === 'Azure Pipelines' ? ['a secret'] : []),
      ];
      return ways.map((how) => ({
        journey,
        delivery,
        how,
        title: `${journey.title}, ${Object.keys(delivery.inputs)}, ${how}`,
      }));
    }),
);

describe.each(cases)('$title', ({ journey, delivery, how }) => {
  it.concurrent('what was secret before a step is shown by none of it, and is a secret again after it', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const inputs = Object.assign(
      {},
      ...Object.entries(delivery.inputs).map(([name, value]) => input(journey, name, value)),
    );
    const environment =
      how === 'in the environment'
        ? Object.fromEntries(delivery.variables.map((name) => [name, before]))
        : {
            ...Object.fromEntries(delivery.variables.map((name) => [`SECRET_${name}`, before])),
            VSTS_SECRET_VARIABLES: JSON.stringify(delivery.variables),
          };
    const step = journey.start(emulator, { inputs, environment });
    const run = await step.run();
    expect(run.error).toBeUndefined();
    expect(run.stdout).not.toContain(before);
    const done = await step.cleanUp();
    expect({ exitCode: done.exitCode, stderr: done.stderr }).toEqual({ exitCode: 0, stderr: '' });
    const shown = done.stdout.split('\n').filter((line) => line.includes(before) || line.includes('a/secret'));
    for (const line of shown)
      expect(line).toMatch(/^(::add-mask::|##vso\[task\.setsecret[ \]]|##vso\[task\.setvariable [^\]]*issecret=true)/);
    expect(shown.length).toBeGreaterThan(0);
    for (const name of delivery.variables) expect(done.exported[name]).toBe(before);
    expect(step.files()).toEqual([]);
  });
});

/** What an earlier step of the job can set in the environment of every later process. */
const plants: readonly (readonly [string, (home: string) => Record<string, unknown>])[] = [
  ['folders', (home) => ({ secretDirectories: [join(home, 'work')], fedbridgeFolder: '../../work' })],
  [
    'profiles',
    (home) => ({
      profiles: [{ path: join(home, 'work', 'file'), section: 'x', keys: ['a'], mark: ['a', 'b'], whole: true }],
    }),
  ],
  ['a broker', (home) => ({ broker: { pid: 1, port: 1, folder: join(home, 'work') } })],
  ['a login', (home) => ({ azureCli: { folder: join(home, 'work'), user: [] }, azurePowerShell: 'Default' })],
  ['variables', () => ({ exportedVariables: { PATH: '/planted' } })],
];

describe.each(mainJourneys as readonly Journey[])('$title', (journey) => {
  it.concurrent.each(plants)(
    "%s that another step planted in the clean-up's state are left alone",
    async (_what, plant) => {
      await using emulator = await startEmulator({ setup: sharedSetup });
      const planted = (home: string) =>
        Object.fromEntries(
          Object.entries(plant(home)).map(([name, value]) => [
            journey.platform === 'GitHub Actions' ? `STATE_${name}` : `VSTS_TASKVARIABLE_${name.toUpperCase()}`,
            typeof value === 'string' ? value : JSON.stringify(value),
          ]),
        );
      // The step that has nothing to clean up, so that nothing of its own takes the place of what was planted.
      const start = (environment: Record<string, string>) =>
        journey.platform === 'GitHub Actions'
          ? gitHubStep({
              name: 'id-token',
              inputs: {},
              environment: { ...emulator.startGitHubJob().environment, ...environment },
            })
          : azurePipelinesStep({
              name: journey.cloud === 'AWS' ? 'FedbridgeAwsCredentials' : 'FedbridgeEntraToken',
              inputs: {
                azureSubscription: ids.newConnection,
                ...(journey.cloud === 'AWS' ? { roleToAssume: 'x' } : {}),
              },
              environment,
            });
      const { home } = start({});
      mkdirSync(join(home, 'work'));
      writeFileSync(join(home, 'work', 'file'), '[x]\na = b\n');
      const step = start(planted(home));
      await step.run();
      const done = await step.cleanUp();
      expect(done.exported).toEqual({});
      expect(existsSync(join(home, 'work', 'file'))).toBe(true);
    },
  );
});
