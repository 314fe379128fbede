/**
 * Tests as well:
 * - packages/azure-pipelines/src/index.ts
 * - packages/github/src/index.ts
 * - packages/steps/src/aws/deliver.ts
 * - packages/steps/src/entra/deliver.ts
 */

import { readFileSync, statSync } from 'node:fs';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { gitHubStep } from '../harness/github-step.ts';
import type { Step, StepRun } from '../harness/job.ts';
import { allJourneys, outside, useCredential } from '../harness/journeys.ts';
import { jobRuntimes } from '../harness/process.ts';
import { ids, pipelineJob, sharedSetup, subjects } from '../harness/setup.ts';
import { expectNoSecretShown } from './secrets.ts';

describe.each(jobRuntimes())('on $name', ({ node }) => {
  it.concurrent.each(allJourneys)(
    '$title: two requests from a cold start to a credential that works',
    async (journey) => {
      await using emulator = await startEmulator({ setup: sharedSetup });
      // At debug level, where toolkits print most.
      const step = journey.start(emulator, { node, environment: { SYSTEM_DEBUG: 'true', RUNNER_DEBUG: '1' } });
      const run = await step.run();
      expect(run.error).toBeUndefined();
      expect(run.succeeded).toBe(true);
      expect(run.stderr).toBe('');
      expect(outside(emulator.requests).map(({ method, service, status }) => [method, service, status])).toEqual([
        journey.platform === 'GitHub Actions' ? ['GET', 'github', 200] : ['POST', 'azureDevOps', 200],
        ['POST', journey.cloud === 'AWS' ? 'sts' : 'entra', 200],
      ]);
      expect(run.visible).toContain(`for subject ${journey.subject} of ${journey.issuer(emulator)}.`);
      expectNoSecretShown(run, emulator);
      expect(await useCredential(journey, step, run, emulator)).toContain(
        journey.cloud === 'AWS' ? 'role/deploy/' : ids.app,
      );
      await expectCleanedUp(step);
    },
  );

  it.concurrent.each([
    ['the pipeline', undefined, subjects.pipeline],
    ['a connection on the Azure DevOps issuer', 'azure-old', subjects.oldConnection],
    ['a connection on the Entra issuer', 'azure', subjects.newConnection],
  ] as const)('Azure Pipelines gives the ID token of %s', async (_title, connection, subject) => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const job = emulator.startAzurePipelinesJob({ ...pipelineJob, connections: connection ? [connection] : [] });
    const azureSubscription = connection === 'azure' ? ids.newConnection : ids.oldConnection;
    const step = azurePipelinesStep({
      name: 'FedbridgeIdToken',
      inputs: connection ? { azureSubscription } : {},
      environment: job.environment,
      node,
    });
    const run = await step.run();
    expect(run.outputs).toMatchObject({ subject, idToken: expect.stringMatching(/^ey/) });
    expect(outside(emulator.requests)).toHaveLength(1);
    expectNoSecretShown(run, emulator);
    await expectCleanedUp(step);
  });

  it.concurrent('GitHub gives an ID token for the audience that is asked for', async () => {
    await using emulator = await startEmulator();
    const { environment } = emulator.startGitHubJob();
    const audience = 'https://vault.example.com/a?b=c&d';
    const step = gitHubStep({ name: 'id-token', inputs: { audience }, environment, node });
    const run = await step.run();
    expect(run.outputs).toMatchObject({ subject: subjects.gitHub, issuer: emulator.issuers.gitHub });
    expect(claimsOf(run.outputs['id-token']).aud).toBe(audience);
    expectNoSecretShown(run, emulator);
    await expectCleanedUp(step);
  });

  it.concurrent('GitHub gives an ID token for the owner when no audience is named', async () => {
    await using emulator = await startEmulator();
    const { environment } = emulator.startGitHubJob();
    const run = await gitHubStep({ name: 'id-token', inputs: {}, environment, node }).run();
    expect(claimsOf(run.outputs['id-token']).aud).toBe('https://github.com/octo');
  });
});

describe('what is delivered', () => {
  const [gitHubAws, gitHubEntra, azureAws, azureEntra] = allJourneys;
  const start = async (journey: (typeof allJourneys)[number] | undefined, inputs: Record<string, string>) => {
    const emulator = await startEmulator({ setup: sharedSetup });
    const step = journey?.start(emulator, { inputs });
    if (!step) throw new Error('no such journey');
    const run = await step.run();
    expect(run.error).toBeUndefined();
    expectNoSecretShown(run, emulator);
    await emulator.close();
    return { step, run, emulator };
  };

  it.concurrent('GitHub: AWS credentials are in the environment of later steps and not in outputs', async () => {
    const { run, emulator } = await start(gitHubAws, {});
    expect(Object.keys(run.exported).sort()).toEqual([
      'AWS_ACCESS_KEY_ID',
      'AWS_DEFAULT_REGION',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
    ]);
    expect(run.outputs).toEqual({
      'aws-account-id': ids.account,
      'aws-expiration': expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      'authenticated-arn': `arn:aws:sts::${ids.account}:assumed-role/deploy/github-octo-app-9184477120`,
    });
    expect(emulator.secrets()).toEqual(
      expect.arrayContaining([run.exported.AWS_SECRET_ACCESS_KEY, run.exported.AWS_SESSION_TOKEN]),
    );
  });

  it.concurrent('GitHub: output-credentials gives outputs, output-env-credentials: false no variables', async () => {
    const { run } = await start(gitHubAws, { 'output-credentials': 'true', 'output-env-credentials': 'false' });
    expect(run.exported).toEqual({});
    expect(Object.keys(run.outputs)).toEqual(
      expect.arrayContaining(['aws-access-key-id', 'aws-secret-access-key', 'aws-session-token']),
    );
  });

  it.concurrent('Azure Pipelines: AWS credentials are in a profile that only the agent reads', async () => {
    const { step, run } = await start(azureAws, {});
    const { AWS_PROFILE, AWS_REGION, AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE, ...others } = run.exported;
    expect({ AWS_PROFILE, AWS_REGION, others }).toEqual({
      AWS_PROFILE: 'fedbridge',
      AWS_REGION: 'eu-central-1',
      // SDK 1 for Java reads no other variable, SDKs that load no config file by themselves need to be told.
      others: {
        AWS_DEFAULT_REGION: 'eu-central-1',
        AWS_CREDENTIAL_PROFILES_FILE: AWS_SHARED_CREDENTIALS_FILE,
        AWS_SDK_LOAD_CONFIG: '1',
      },
    });
    for (const file of [AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE]) {
      expect(file?.startsWith(step.tempDirectory)).toBe(true);
      expect(statSync(file ?? '').mode & 0o777).toBe(0o600);
    }
    expect(readFileSync(AWS_CONFIG_FILE ?? '', 'utf8')).toBe('[profile fedbridge]\nregion = eu-central-1\n\n');
    await expectCleanedUp(step);
  });

  it.concurrent.each([gitHubAws, azureAws])(
    '$title: clean-up puts variables back to what they were',
    async (journey) => {
      await using emulator = await startEmulator({ setup: sharedSetup });
      const before = { AWS_REGION: 'us-west-2', AWS_PROFILE: 'mine', AWS_ACCESS_KEY_ID: 'of another step' };
      const step = journey?.start(emulator, { environment: before });
      const { exported } = (await step?.run()) ?? {};
      expect(exported).toMatchObject({ AWS_REGION: 'eu-central-1' });
      const restored = Object.fromEntries(
        Object.keys(exported ?? {}).map((name) => [name, before[name as keyof typeof before] ?? '']),
      );
      expect((await step?.cleanUp())?.exported).toEqual(restored);
    },
  );

  it.concurrent('Azure Pipelines: output-credentials gives secret outputs, output-env-credentials: false no file', async () => {
    const { step, run } = await start(azureAws, { outputCredentials: 'true', outputEnvCredentials: 'false' });
    expect(run.exported).toEqual({});
    expect(step.files()).toEqual([]);
    const { awsSecretAccessKey, awsSessionToken } = run.outputs;
    expect(run.masked).toEqual(expect.arrayContaining([awsSecretAccessKey, awsSessionToken]));
  });

  it.concurrent('a session name and a duration are asked for as given', async () => {
    const { run, emulator } = await start(gitHubAws, {
      'role-session-name': 'nightly@42',
      'role-duration-seconds': '7200',
    });
    expect(run.outputs['authenticated-arn']).toMatch(/\/nightly@42$/);
    const lifetime = Date.parse(run.outputs['aws-expiration'] ?? '') - emulator.clock.now();
    expect(Math.round(lifetime / 100_000)).toBe(72);
  });

  it.concurrent('Entra: the token is for the resource, by name or by URI, and its facts are outputs', async () => {
    const { run } = await start(gitHubEntra, {
      resource: 'graph',
      'subscription-id': ids.subscription,
      'tenant-id': ids.domain,
    });
    expect(claimsOf(run.outputs['access-token']).aud).toBe('https://graph.microsoft.com');
    expect(run.outputs).toMatchObject({
      'client-id': ids.app,
      'tenant-id': ids.domain,
      'subscription-id': ids.subscription,
      'expires-on': expect.stringMatching(/Z$/),
    });
    const other = await start(azureEntra, { resource: 'api://my-api/.default' });
    expect(claimsOf(other.run.outputs.accessToken).aud).toBe('api://my-api');
    expect(other.run.outputs).toMatchObject({
      clientId: ids.app,
      tenantId: ids.tenant,
      subscriptionId: ids.subscription,
    });
  });

  it.concurrent('Azure Pipelines: inputs win over what the connection says', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const run = await azureEntra?.start(emulator, { inputs: { tenantId: ids.domain } }).run();
    expect(run?.outputs.tenantId).toBe(ids.domain);
    const [, exchange] = outside(emulator.requests);
    expect(exchange?.path).toBe(`/${ids.domain}/oauth2/v2.0/token`);
  });

  it.concurrent("Azure Pipelines: the connection's environment sets the cloud", async () => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const environment = { [`ENDPOINT_DATA_${ids.newConnection}_ENVIRONMENT`]: 'AzureUSGovernment' };
    const run = await azureEntra?.start(emulator, { environment }).run();
    expect(claimsOf(run?.outputs.accessToken).aud).toBe('https://management.usgovcloudapi.net');
  });

  it.concurrent('another environment asks for the audience of its cloud', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const run: StepRun | undefined = await gitHubEntra
      ?.start(emulator, { inputs: { environment: 'azureusgovernment', resource: 'arm', 'disable-retry': 'true' } })
      .run();
    const [idToken, exchange] = outside(emulator.requests);
    expect(idToken?.query).toContain('audience=api%3A%2F%2FAzureADTokenExchangeUSGov');
    expect(exchange?.body).toContain(encodeURIComponent('https://management.usgovcloudapi.net/.default'));
    expect(run?.error).toContain('AADSTS700212');
  });
});

/** Twice, since a second clean-up must be harmless. */
async function expectCleanedUp(step: Step): Promise<void> {
  for (const _ of ['first', 'second']) {
    const ended = await step.cleanUp();
    expect(ended.exitCode).toBe(0);
    expect(step.files()).toEqual([]);
  }
}

function claimsOf(token: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}
