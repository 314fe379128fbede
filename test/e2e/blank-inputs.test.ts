import { startEmulator } from '@fedbridge/emulator';
import { gitHubActions } from '@fedbridge/github/id-token';
import { awsCredentials, entraToken, idToken, tokenExchange } from '@fedbridge/steps';
import { describe, expect, it } from 'vitest';
import { commonInputs } from '../../packages/step/src/common-inputs.ts';
import { dependsOn } from '../../packages/step/src/input.ts';
import { runStep } from '../../packages/step/src/run-step.ts';
import { input, type Journey, mainJourneys, outside } from '../harness/journeys.ts';
import { MemoryHost } from '../harness/memory-host.ts';
import { chain, ids, sharedSetup } from '../harness/setup.ts';

type AnyStep = typeof awsCredentials;
const steps = [
  awsCredentials,
  entraToken as unknown as AnyStep,
  idToken as unknown as AnyStep,
  tokenExchange as unknown as AnyStep,
];
/** What a token is exchanged for; the other steps have no such inputs. */
const exchanged = { profile: 'rfc8693', tokenUrl: 'https://sts.example.com' };
const platforms = ['github', 'azure-pipelines'] as const;
const neverCancelled = new AbortController().signal;

/** Without them a step delivers the same, of the same, to the same: how it goes about it, or less than it could. */
const indifferent = [
  ...['actionTimeoutS', 'retryMaxAttempts', 'disableRetry', 'httpProxy', 'noProxy', 'summary', 'cleanup'],
  ...['overwriteAwsProfile', 'roleSkipSessionTagging', 'specialCharactersWorkaround', 'outputCredentials'],
  ...['exportCredentials', 'unsetCurrentCredentials', 'useExistingCredentials', 'keepFresh', 'keepFreshMax'],
  ...['allowNoSubscriptions', 'createCredentialsFile', 'exportEnvironmentVariables'],
  ...['exportEnv', 'exportToken'],
];

const cases = steps.flatMap((step) =>
  Object.entries({ ...step.inputs, ...commonInputs }).flatMap(([name, definition]) =>
    platforms
      .filter((platform) => !('only' in definition) || definition.only === platform)
      .map((platform) => ({ step, name, platform, decides: dependsOn(definition) })),
  ),
);

describe.each(cases)('$step.name on $platform, $name', ({ step, name, platform, decides }) => {
  it('is one that what is delivered depends on, or one of those that change how alone', () => {
    expect([name, decides]).toEqual([name, !indifferent.includes(name)]);
  });

  it.runIf(decides).each([' ', '\n', '\t\r\n '])('given as %j is an error before any request', async (blank) => {
    const host = new MemoryHost({
      platform,
      inputs: {
        roleToAssume: 'arn:aws:iam::123456789012:role/deploy',
        awsRegion: 'eu-central-1',
        ...exchanged,
        [name]: blank,
      },
      // Nothing listens there, and nobody is asked.
      environment: { GITHUB_ACTIONS: 'true' },
      job: { kind: 'github', environment: {} },
    });
    await runStep(step, host, { brokerScript: '', platform: gitHubActions, cancelled: neverCancelled });
    expect(host.error).toMatchObject({
      code: 'INPUT_INVALID',
      message: `Input "${name}" is blank, and what is delivered depends on it.`,
    });
    expect(host.delivered).toEqual([]);
    expect(host.files()).toEqual([]);
  });
});

describe.each(mainJourneys as readonly Journey[])('$title', (journey) => {
  it.concurrent.each(
    journey.cloud === 'AWS'
      ? [
          ['role-chain', { 'role-external-id': chain.externalId }],
          ['allowed-account-ids', {}],
          ['custom-tags', { 'role-chain': chain.first, 'role-external-id': chain.externalId }],
        ]
      : [
          ['resource', {}],
          ['subscription-id', { export: 'azure-sdk' }],
          ['tenant-id', { 'client-id': ids.app }],
        ],
  )('%s that a variable left blank fails the step', async (name, others) => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const given = Object.entries({ ...others, [name as string]: ' ' }).map(([key, value]) =>
      input(journey, key, value),
    );
    const run = await journey.start(emulator, { inputs: Object.assign({}, ...given) }).run();
    expect(run.error).toMatch(/^Input "[\w-]+" is blank, and what is delivered depends on it\. \[INPUT_INVALID\]/);
    expect({ ...run.outputs, ...run.exported }).toEqual({});
    expect(outside(emulator.requests)).toEqual([]);
  });
});
