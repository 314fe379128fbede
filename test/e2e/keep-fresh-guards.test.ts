import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Emulator, type EmulatorUrls, type Setup, startEmulator } from '@fedbridge/emulator';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, answering } from '../harness/answering.ts';
import { bundleStep } from '../harness/bundle-step.ts';
import type { StepRun } from '../harness/job.ts';
import type { Variables } from '../harness/process.ts';
import { ids, pod, role, sharedSetup, subjects } from '../harness/setup.ts';
import { unsignedToken } from '../harness/tokens.ts';
import { jobEnvironment, type Platform, platforms, type StepName, usualInputs } from '../harness/ways.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ setup: shortLived });
});
afterAll(() => emulator.close());

const seconds = 40;

/** Tokens and sessions that are renewed soon. */
function shortLived(urls: EmulatorUrls): Setup {
  const { tenants = [], accounts = [], ...others } = sharedSetup(urls);
  return {
    ...others,
    tenants: tenants.map((tenant) => ({ ...tenant, accessTokenSeconds: seconds })),
    accounts: accounts.map((account) => ({
      ...account,
      roles: account.roles.map((one) => ({ ...one, sessionSeconds: seconds })),
    })),
  };
}

const cells = platforms.flatMap((platform) =>
  (['aws-credentials', 'entra-token'] as const).map((step) => ({ step, platform })),
);

describe('a guard that held when the step ran, and does not when it is renewed: nothing is served, and why', () => {
  it.concurrent.for(cells)('a claim, $step on $platform', async ({ step, platform }, { expect }) => {
    const isAws = step === 'aws-credentials';
    const more = isAws
      ? { audience: 'sts.amazonaws.com', aws: { roleArn: role } }
      : { azure: { clientId: ids.app, tenantId: ids.tenant } };
    await using started = await emulator.startPod({ ...pod, ...more });
    const inputs = {
      ...{ identity: 'kubernetes', requireClaims: `sub = ${subjects.pod}` },
      ...(isAws ? {} : { export: 'azure-sdk' }),
    };
    const { run, ask, cleanUp } = await begin(step, platform, inputs, started.environment);
    expect((await ask()).status).toBe(200);
    const claims = { ...decodeJwt(readFileSync(started.tokenFile, 'utf8')), sub: 'system:serviceaccount:agents:other' };
    writeFileSync(started.tokenFile, unsignedToken(claims));
    await expect.poll(async () => (await ask()).status, { interval: 500 }).not.toBe(200);
    const why = `The ID token's claim "sub" is "system:serviceaccount:agents:other"; "${subjects.pod}" is required.`;
    expect((await ask()).message).toContain(why);
    if (!isAws) {
      // What an ID token is read from is renewed by its own time: it is not there when the token in it is not the one that is required.
      const file = run.exported.AZURE_FEDERATED_TOKEN_FILE ?? '';
      if (existsSync(file)) expect(decodeJwt(readFileSync(file, 'utf8')).sub).toBe(subjects.pod);
    }
    const { stdout } = await cleanUp();
    expect(stdout).toContain('Credentials were not kept fresh for the whole job.');
    expect(stdout).toContain('system:serviceaccount:agents:other');
    expect(stdout).toMatch(/, longest gap \d+ s\./);
  });

  it.concurrent.for(
    platforms.flatMap((platform) =>
      [
        ['role', `arn:aws:sts::${ids.account}:assumed-role/admin/job`],
        ['account', `arn:aws:sts::${ids.otherAccount}:assumed-role/deploy/job`],
        ['expiry', undefined],
      ].map(([what, arn]) => ({ platform, what, arn })),
    ),
  )('the $what, on $platform', async ({ platform, arn, what }, { expect }) => {
    const right = () => stsAnswer(`arn:aws:sts::${ids.account}:assumed-role/deploy/job`, seconds);
    const wrong = () =>
      stsAnswer(arn ?? `arn:aws:sts::${ids.account}:assumed-role/deploy/job`, arn ? seconds : 200_000);
    await using sts = await answering(right, wrong);
    const inputs = { stsEndpoint: sts.url, roleSessionName: 'job', allowedAccountIds: ids.account };
    const { ask, cleanUp } = await begin('aws-credentials', platform, inputs);
    expect((await ask()).status).toBe(200);
    await expect.poll(async () => (await ask()).status, { interval: 500 }).not.toBe(200);
    const { message } = await ask();
    expect(message).toMatch(what === 'expiry' ? /valid for longer than was asked for/ : /not the|another|are those of/);
    const { stdout } = await cleanUp();
    expect(stdout).toContain('Credentials were not kept fresh for the whole job.');
    expect(stdout).toMatch(/, longest gap \d+ s\./);
  });
});

/** Starts a job whose step keeps fresh, and gives what asks its broker. */
async function begin(step: StepName, platform: Platform, inputs: Variables, own: Variables = {}) {
  const environment = { ...jobEnvironment(emulator, platform, inputs), ...own };
  const all = { ...usualInputs(step, emulator), keepFresh: 'true', ...inputs };
  const started = bundleStep(step, platform, all, environment);
  const run = await started.run();
  expect(run.error).toBeUndefined();
  return { run, ask: () => ask(run), cleanUp: () => started.cleanUp() };
}

async function ask({ exported }: StepRun): Promise<{ readonly status: number; readonly message: string }> {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: aws, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE = '' } = exported;
  const answer = aws
    ? await fetch(aws, { headers: { authorization: readFileSync(AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, 'utf8') } })
    : await fetch(`${exported.IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=https://management.azure.com`, {
        headers: { 'x-identity-header': exported.IDENTITY_HEADER ?? '' },
      });
  const { message = '' } = (await answer.json()) as { message?: string };
  return { status: answer.status, message };
}

function stsAnswer(arn: string, lifetime: number): Answer {
  const body =
    '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>' +
    '<Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>' +
    `<Expiration>${new Date(Date.now() + lifetime * 1000).toISOString()}</Expiration></Credentials><AssumedRoleUser>` +
    `<Arn>${arn}</Arn><AssumedRoleId>AROA:job</AssumedRoleId></AssumedRoleUser></AssumeRoleWithWebIdentityResult>` +
    '</AssumeRoleWithWebIdentityResponse>';
  return { body };
}
