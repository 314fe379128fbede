/**
 * Tests as well:
 * - packages/emulator/src/google/google-cloud.ts
 * - packages/emulator/src/google/google-service.ts
 * - packages/emulator/src/google/iam-credentials.ts
 * - packages/emulator/src/google/oauth-problem.ts
 * - packages/emulator/src/google/security-token-service.ts
 * - packages/steps/src/token-exchange/google-inputs.ts
 */

import { readFileSync, statSync } from 'node:fs';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outside } from '../harness/journeys.ts';
import type { Variables } from '../harness/process.ts';
import { googleAccount, googleProviders, sharedSetup, subjects } from '../harness/setup.ts';
import { asks, exchangeInputs, exchangeStep, outputName } from '../harness/token-exchange.ts';
import { type Platform, platforms } from '../harness/ways.ts';
import { expectNoSecretShown } from './secrets.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ setup: sharedSetup });
});
afterAll(() => emulator.close());

const own = { github: subjects.gitHub, 'azure-pipelines': subjects.pipeline };

describe.each(platforms)('google on %s', (platform: Platform) => {
  const usual = (of = emulator) => exchangeInputs.google(of, platform);
  const step = (inputs: Variables, of = emulator, isTrusted = true) =>
    exchangeStep({ emulator: of, platform, isTrusted }, inputs);
  const output = (name: string) => outputName(platform, name);

  it.concurrent('gives a token of the service account, and what its clients find', async ({ expect }) => {
    await using apart = await startEmulator({ setup: sharedSetup });
    const scopes = ['https://www.googleapis.com/auth/devstorage.read_only', 'https://www.googleapis.com/auth/pubsub'];
    const one = step({ ...usual(apart), accessTokenLifetime: '600s', accessTokenScopes: scopes.join(', ') }, apart);
    const run = await one.run();
    expect(run.error).toBeUndefined();
    expectNoSecretShown(run, apart);
    const token = run.outputs[output('access-token')] ?? '';
    expect((await asks(`${apart.urls.google}/me`, token)).body).toEqual({
      principal: `serviceAccount:${googleAccount}`,
      scopes,
    });
    const left = Date.parse(run.outputs[output('expires-on')] ?? '') - Date.now();
    expect(left).toBeGreaterThan(500_000);
    expect(left).toBeLessThan(620_000);
    expect(outside(apart.requests)).toHaveLength(4);
    const file = run.outputs[output('credentials-file-path')] ?? '';
    expect(run.exported).toEqual({
      ...Object.fromEntries(
        ['GOOGLE_APPLICATION_CREDENTIALS', 'CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE', 'GOOGLE_GHA_CREDS_PATH'].map(
          (name) => [name, file],
        ),
      ),
      ...Object.fromEntries(
        ['CLOUDSDK_CORE_PROJECT', 'CLOUDSDK_PROJECT', 'GCLOUD_PROJECT', 'GCP_PROJECT', 'GOOGLE_CLOUD_PROJECT'].map(
          (name) => [name, 'my-project'],
        ),
      ),
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const written = JSON.parse(readFileSync(file, 'utf8'));
    expect(written).toMatchObject({
      type: 'external_account',
      audience: `//iam.googleapis.com/${googleProviders[platform]}`,
      service_account_impersonation: { token_lifetime_seconds: 600 },
      credential_source: { format: { type: 'text' } },
    });
    expect(statSync(written.credential_source.file).mode & 0o777).toBe(0o600);
    const cleanedUp = await one.cleanUp();
    expect(cleanedUp.exitCode).toBe(0);
    expect(new Set(Object.values(cleanedUp.exported))).toEqual(new Set(['']));
    expect(one.files()).toEqual([]);
  });

  it.concurrent('gives a token of the workload itself without a service account', async ({ expect }) => {
    const { serviceAccount: _, iamCredentialsEndpoint: __, ...inputs } = usual();
    const run = await step({ ...inputs, createCredentialsFile: 'false', projectId: 'other-project' }).run();
    expect(run.error).toBeUndefined();
    const { body } = await asks(`${emulator.urls.google}/me`, run.outputs[output('access-token')] ?? '');
    expect(body).toMatchObject({ principal: expect.stringMatching(new RegExp(`/subject/${own[platform]}$`)) });
    expect(run.exported).toMatchObject({ GOOGLE_CLOUD_PROJECT: 'other-project' });
    expect(Object.keys(run.exported)).not.toContain('GOOGLE_APPLICATION_CREDENTIALS');
  });

  it.concurrent('leads clients to fresh ID tokens, which nobody else gets', async ({ expect }) => {
    const one = step({ ...usual(), keepFresh: 'true' });
    const run = await one.run();
    expect(run.error).toBeUndefined();
    expectNoSecretShown(run, emulator);
    const { credential_source: source } = JSON.parse(
      readFileSync(run.exported.GOOGLE_APPLICATION_CREDENTIALS ?? '', 'utf8'),
    );
    const answer = await fetch(source.url, { headers: source.headers });
    expect(((await answer.json()) as Variables)[source.format.subject_token_field_name]).toMatch(/^ey/);
    expect((await fetch(source.url)).status).toBe(401);
    expect(run.masked).toContain(source.headers.Authorization.slice('Bearer '.length));
    expect(statSync(run.outputs[output('token-file')] ?? '').mode & 0o777).toBe(0o600);
    expect((await one.cleanUp()).exitCode).toBe(0);
    expect(one.files()).toEqual([]);
  });

  it.concurrent('explains what impersonation lacks by the binding', async ({ expect }) => {
    const run = await step(usual(), emulator, false).run();
    expectNoSecretShown(run, emulator);
    expect(run.error).toContain('IAM Credentials denied this job');
    expect(run.error).toContain("PERMISSION_DENIED, HTTP 403: Permission 'iam.serviceAccounts.getAccessToken' denied");
    expect(run.error).toContain('"role": "roles/iam.workloadIdentityUser"');
    expect(run.error).toMatch(
      /"principal:\/\/iam\.googleapis\.com\/projects\/123456789\/.*\/ci-jobs\/subject\/(repo:octo\/app:ref:refs\/heads\/other|p:\/\/contoso\/web\/nightly)"/,
    );
    expect(run.outputs).toEqual({});
  });

  it.concurrent('explains what the provider does not take by issuer and audience', async ({ expect }) => {
    const other = platform === 'github' ? 'azure-pipelines' : 'github';
    const run = await step({ ...usual(), workloadIdentityProvider: googleProviders[other] }).run();
    expect(run.error).toContain('invalid_grant, HTTP 400: The issuer in ID Token');
    expect(run.error).toContain(`The provider that ${output('workload-identity-provider')} names needs this`);
    expect(run.error).toContain('"issuerUri"');
  });

  it.concurrent.each([
    [
      'a pool',
      { workloadIdentityProvider: 'projects/1/locations/global/workloadIdentityPools/ci' },
      'a provider, not a pool',
    ],
    [
      'a project by its id',
      { workloadIdentityProvider: 'projects/my-project/locations/global/workloadIdentityPools/ci/providers/x' },
      'the number of the project',
    ],
    ['a lifetime of a day', { accessTokenLifetime: '86400s' }, 'expected seconds from 1s to 43200s'],
    [
      'scopes of a token that it does not ask for',
      { serviceAccount: '', accessTokenScopes: 'https://www.googleapis.com/auth/pubsub' },
      'does nothing without',
    ],
    [
      'a path for an account',
      { serviceAccount: 'x/../y@my-project.iam.gserviceaccount.com' },
      'expected the email address',
    ],
  ])('is asked for nothing with %s', async (_what, inputs, said) => {
    await using apart = await startEmulator({ setup: sharedSetup });
    const run = await step({ ...usual(apart), ...inputs }, apart).run();
    expect(run.error).toContain('[INPUT_INVALID]');
    expect(run.error).toContain(said);
    expect(outside(apart.requests)).toEqual([]);
  });
});
