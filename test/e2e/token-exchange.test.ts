/**
 * Tests as well:
 * - packages/emulator/src/oauth/authorization-server.ts
 * - packages/emulator/src/octo-sts/octo-sts-service.ts
 * - packages/exchange/src/exchange.ts
 * - packages/exchange/src/keep-fresh/order.ts
 * - packages/exchange/src/keep-fresh/token-endpoint.ts
 * - packages/exchange/src/revoke.ts
 * - packages/exchange/src/service-request.ts
 * - packages/steps/src/token-exchange/clean-up.ts
 * - packages/steps/src/token-exchange/deliver.ts
 * - packages/steps/src/token-exchange/inputs.ts
 * - packages/steps/src/token-exchange/keep-fresh.ts
 * - packages/steps/src/token-exchange/octo-sts-inputs.ts
 * - packages/steps/src/token-exchange/order.ts
 * - packages/steps/src/token-exchange/remembered-tokens.ts
 * - packages/steps/src/token-exchange/rfc8693-inputs.ts
 */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outside } from '../harness/journeys.ts';
import type { Variables } from '../harness/process.ts';
import { otherRepository, sharedSetup, subjects, target } from '../harness/setup.ts';
import { asks, exchangeInputs, exchangeStep, outputName } from '../harness/token-exchange.ts';
import { type Platform, platforms } from '../harness/ways.ts';
import { expectNoSecretShown } from './secrets.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ setup: sharedSetup });
});
afterAll(() => emulator.close());

/** A job that is trusted, or another. */
const step = (platform: Platform, inputs: Variables, of = emulator, isTrusted = true) =>
  exchangeStep({ emulator: of, platform, isTrusted }, inputs);
const own = { github: subjects.gitHub, 'azure-pipelines': subjects.pipeline };

describe.each(platforms)('rfc8693 on %s', (platform) => {
  const usual = (of: Emulator = emulator) => exchangeInputs.rfc8693(of);
  const output = (name: string) => outputName(platform, name);

  it.concurrent('gives a token that its service takes, in two requests', async ({ expect }) => {
    await using apart = await startEmulator({ setup: sharedSetup });
    const one = step(platform, { ...usual(apart), scope: 'deploy read' }, apart);
    const run = await one.run();
    expect(run.error).toBeUndefined();
    expectNoSecretShown(run, apart);
    const token = run.outputs[output('access-token')] ?? '';
    expect(await asks(`${apart.urls.oauth}/me`, token)).toEqual({ status: 200, body: { sub: own[platform] } });
    expect(Date.parse(run.outputs[output('expires-on')] ?? '')).toBeGreaterThan(Date.now());
    expect(run.exported).toEqual({});
    expect(run.summary).toContain(own[platform]);
    const [, exchanged] = outside(apart.requests);
    expect(Object.fromEntries(new URLSearchParams(exchanged?.body))).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      audience: target,
      scope: 'deploy read',
    });
    expect(outside(apart.requests)).toHaveLength(3);
    expect((await one.cleanUp()).exitCode).toBe(0);
    expect(one.files()).toEqual([]);
  });

  it.concurrent('explains a denial by what the service would have to trust', async ({ expect }) => {
    const one = step(platform, usual(), emulator, false);
    const run = await one.run();
    expectNoSecretShown(run, emulator);
    expect(run.error).toContain('[EXCHANGE_REFUSED]');
    expect(run.error).toContain('invalid_request, HTTP 400: The subject token is not trusted');
    expect(run.error).toContain(`Have the service at ${output('token-url')} trust`);
    expect(run.error).toMatch(/"subject": "(repo:octo\/app:ref:refs\/heads\/other|p:\/\/contoso\/web\/nightly)"/);
    expect({ outputs: run.outputs, exported: run.exported, files: one.files() }).toEqual({
      outputs: {},
      exported: {},
      files: [],
    });
  });

  it.concurrent.each([
    [
      'a service that it does not know',
      { targetAudience: 'https://elsewhere.example.com' },
      'EXCHANGE_REJECTED',
      'invalid_target',
    ],
    ['a scope that it does not know', { scope: 'admin' }, 'EXCHANGE_REJECTED', 'invalid_scope'],
    ['no HTTPS', { tokenUrl: 'http://sts.example.com/token' }, 'ENDPOINT_NOT_ALLOWED', 'is not HTTPS'],
    ['no URI', { resource: 'api#1' }, 'INPUT_INVALID', 'expected a URI without a fragment'],
    ['an input of another profile', { trustPolicy: 'deploy' }, 'INPUT_INVALID', 'is not one of the profile rfc8693'],
    ['no token endpoint', { tokenUrl: '' }, 'INPUT_MISSING', 'is required for the profile rfc8693'],
  ])('is not given for %s', async (_what, inputs, code, said) => {
    const run = await step(platform, { ...usual(), ...inputs }).run();
    expect(run.error).toContain(`[${code}]`);
    expect(run.error).toContain(said);
    expect(run.outputs).toEqual({});
  });

  it.concurrent('keeps one fresh in a file that only the job can read', async ({ expect }) => {
    await using apart = await startEmulator({
      setup: (urls) => {
        const setup = sharedSetup(urls);
        const { trusts = [], targets = [] } = setup.oauth ?? {};
        return { ...setup, oauth: { trusts, targets, lifetime: 2 } };
      },
    });
    const one = step(platform, { ...usual(apart), keepFresh: 'true' }, apart);
    const run = await one.run();
    expect(run.error).toBeUndefined();
    expectNoSecretShown(run, apart);
    const file = run.outputs[output('token-file')] ?? '';
    const first = run.outputs[output('access-token')] ?? '';
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await expect.poll(() => readFileSync(file, 'utf8'), { timeout: 60_000 }).not.toBe(first);
    await expect
      .poll(async () => (await asks(`${apart.urls.oauth}/me`, readFileSync(file, 'utf8'))).status, { timeout: 60_000 })
      .toBe(200);
    const cleanedUp = await one.cleanUp();
    expect(cleanedUp.exitCode).toBe(0);
    expect(cleanedUp.stdout).toMatch(/Kept fresh: \d+ renewals/);
    expect({ isThere: existsSync(file), files: one.files() }).toEqual({ isThere: false, files: [] });
  });

  it.concurrent('cannot keep fresh what nobody says the expiry of', async ({ expect }) => {
    await using apart = await startEmulator({
      setup: (urls) => {
        const setup = sharedSetup(urls);
        const { trusts = [], targets = [] } = setup.oauth ?? {};
        return { ...setup, oauth: { trusts, targets } };
      },
    });
    const one = step(platform, { ...usual(apart), keepFresh: 'true' }, apart);
    const run = await one.run();
    expect(run.error).toContain('it cannot be kept fresh');
    expect({ outputs: run.outputs, files: one.files() }).toEqual({ outputs: {}, files: [] });
  });
});

describe.each(platforms)('octo-sts on %s', (platform) => {
  const usual = (of: Emulator = emulator) => exchangeInputs['octo-sts'](of, platform);

  it.concurrent('gives a GitHub token for another repository, which ends with the job', async ({ expect }) => {
    const one = step(platform, usual());
    const run = await one.run();
    expect(run.error).toBeUndefined();
    expectNoSecretShown(run, emulator);
    const token = run.outputs[outputName(platform, 'access-token')] ?? '';
    const repositories = `${emulator.urls.octoSts}/installation/repositories`;
    expect((await asks(repositories, token)).body).toMatchObject({ repositories: [{ full_name: otherRepository }] });
    const cleanedUp = await one.cleanUp();
    expect(cleanedUp.exitCode).toBe(0);
    expect(cleanedUp.stdout).toContain('Revoked: ');
    expect((await asks(repositories, token)).status).toBe(401);
    expect(one.files()).toEqual([]);
    expect((await one.cleanUp()).exitCode).toBe(0);
  });

  it.concurrent('explains a denial by the trust policy', async ({ expect }) => {
    const run = await step(platform, usual(), emulator, false).run();
    expect(run.error).toContain('[EXCHANGE_REFUSED]');
    expect(run.error).toMatch(/code 7, HTTP 403: trust policy: subject /);
    expect(run.error).toContain('.github/chainguard/<name>.sts.yaml');
    expect(run.error).toContain('"permissions": {');
    expectNoSecretShown(run, emulator);
  });

  it.concurrent('a token that ended by itself is none to revoke', async ({ expect }) => {
    await using apart = await startEmulator({ setup: sharedSetup });
    const one = step(platform, usual(apart), apart);
    expect((await one.run()).error).toBeUndefined();
    apart.clock.advance(3700);
    expect((await one.cleanUp()).exitCode).toBe(0);
  });

  it.concurrent.each([
    ['a path for a name', { trustPolicy: '../deploy' }, 'INPUT_INVALID'],
    ['no policy of that name', { trustPolicy: 'nobody' }, 'EXCHANGE_REFUSED'],
    ['a repository without it', { scope: 'mallory/app' }, 'EXCHANGE_REFUSED'],
    ['an input of another profile', { tokenUrl: 'https://sts.example.com' }, 'INPUT_INVALID'],
  ])('gives none for %s', async (_what, inputs, code) => {
    const run = await step(platform, { ...usual(), ...inputs }).run();
    expect(run.error).toContain(`[${code}]`);
    expect(run.outputs).toEqual({});
  });
});
