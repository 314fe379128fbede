/**
 * Tests as well:
 * - packages/exchange/src/secrets.ts
 * - packages/steps/src/token-exchange/deliver.ts
 * - packages/steps/src/token-exchange/vault-inputs.ts
 */

import { readFileSync, statSync } from 'node:fs';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StepRun } from '../harness/job.ts';
import { outside } from '../harness/journeys.ts';
import type { Variables } from '../harness/process.ts';
import { sharedSetup } from '../harness/setup.ts';
import { exchangeInputs, exchangeStep, outputName } from '../harness/token-exchange.ts';
import { platforms } from '../harness/ways.ts';
import { expectNoSecretShown } from './secrets.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ setup: sharedSetup });
});
afterAll(() => emulator.close());

describe.each(platforms)('vault on %s', (platform) => {
  const isGitHub = platform === 'github';
  const usual = (of = emulator) => exchangeInputs.vault(of, platform);
  const step = (inputs: Variables, of = emulator, isTrusted = true) =>
    exchangeStep({ emulator: of, platform, isTrusted }, inputs);
  const secret = ({ outputs }: StepRun, name: string) => outputs[isGitHub ? `${name}-secret` : `${name}_secret`];
  /** What later scripts have, as the platform hands secrets over. */
  const variables = ({ exported, secretVariables }: StepRun) => (isGitHub ? exported : secretVariables);
  const lookUp = async (token: string, of = emulator) =>
    (await fetch(`${of.urls.vault}/v1/auth/token/lookup-self`, { headers: { 'x-vault-token': token } })).status;

  it.concurrent('reads secrets by path, and ends the token with the job', async ({ expect }) => {
    await using apart = await startEmulator({ setup: sharedSetup });
    const secrets =
      'secret/data/ci npmToken | NPM_TOKEN ;\n secret/data/ci signing.key;kv/legacy password | DB_PASSWORD;\n';
    const one = step({ ...usual(apart), secrets: `${secrets}secret/data/ci port | PORT` }, apart);
    const run = await one.run();
    expect(run.error).toBeUndefined();
    expectNoSecretShown(run, apart);
    const values = {
      NPM_TOKEN: 'npm_of-a-registry',
      DB_PASSWORD: 'of-a-database',
      SIGNING_KEY: 'of-a-signer',
      PORT: '5432',
    };
    for (const [name, value] of Object.entries(values)) {
      expect(secret(run, name)).toBe(value);
      expect(run.masked).toContain(value);
      expect(run.visible).not.toContain(value);
    }
    expect(variables(run)).toEqual(values);
    // A login, and each path once.
    expect(outside(apart.requests).filter(({ service }) => service === 'vault')).toHaveLength(3);
    const token = run.outputs[outputName(platform, 'access-token')] ?? '';
    expect(await lookUp(token, apart)).toBe(200);
    const cleanedUp = await one.cleanUp();
    expect(cleanedUp.exitCode).toBe(0);
    expect(await lookUp(token, apart)).toBe(403);
    expect(one.files()).toEqual([]);
    expect(Object.values(cleanedUp.exported).filter(Boolean)).toEqual([]);
  });

  it.concurrent('hands a secret of several lines over where the platform takes one', async ({ expect }) => {
    const one = step({ ...usual(), secrets: 'secret/data/ci pem' });
    const run = await one.run();
    if (isGitHub) expect(secret(run, 'PEM')).toBe('first line\nsecond line');
    else expect(run.error).toContain('has several lines, which the agent does not take of a secret');
    await one.cleanUp();
  });

  it.concurrent('hands the token to tools, where that is wanted', async ({ expect }) => {
    const one = step({ ...usual(), exportToken: 'true', exportEnv: 'false', secrets: 'kv/legacy password' });
    const run = await one.run();
    expect(run.error).toBeUndefined();
    expect(run.exported.VAULT_ADDR).toBe(emulator.urls.vault);
    expect(variables(run).VAULT_TOKEN).toBe(run.outputs[outputName(platform, 'access-token')]);
    expect(Object.keys({ ...run.exported, ...run.secretVariables })).not.toContain('PASSWORD');
    expect(secret(run, 'PASSWORD')).toBe('of-a-database');
    await one.cleanUp();
  });

  it.concurrent('a step that fails after the login leaves no token', async ({ expect }) => {
    await using apart = await startEmulator({ setup: sharedSetup });
    for (const [secrets, said] of [
      ['secret/data/ci nothing', 'has no "nothing"'],
      ['secret/data/production password', '"capabilities": ['],
    ] as const) {
      const one = step({ ...usual(apart), secrets }, apart);
      const run = await one.run();
      expect(run.error).toContain(said);
      expectNoSecretShown(run, apart);
      expect({ outputs: run.outputs, exported: run.exported, files: one.files() }).toEqual({
        outputs: {},
        exported: {},
        files: [],
      });
    }
    const tokens = apart.secrets().filter((one) => one.startsWith('hvs.'));
    expect(tokens).toHaveLength(2);
    for (const token of tokens) expect(await lookUp(token, apart)).toBe(403);
  });

  it.concurrent('the token that tools have lives on for as long as the job', async ({ expect }) => {
    await using apart = await startEmulator({ setup: withTtl(20) });
    const one = step({ ...usual(apart), exportToken: 'true', keepFresh: 'true' }, apart);
    const run = await one.run();
    expect(run.error).toBeUndefined();
    const token = variables(run).VAULT_TOKEN ?? '';
    const file = run.outputs[outputName(platform, 'token-file')] ?? '';
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const renewals = () =>
      apart.requests.filter(({ path, status }) => path.endsWith('/renew-self') && status === 200).length;
    await expect.poll(renewals, { timeout: 60_000 }).toBeGreaterThan(0);
    expect(readFileSync(file, 'utf8')).toBe(token);
    expect(await lookUp(token, apart)).toBe(200);
    expect((await one.cleanUp()).exitCode).toBe(0);
    expect(await lookUp(token, apart)).toBe(403);
    expect(one.files()).toEqual([]);
  });

  it.concurrent('a token that may live on no more is followed by another, and both end with the job', async ({
    expect,
  }) => {
    await using apart = await startEmulator({ setup: withTtl(3, 4) });
    const one = step({ ...usual(apart), keepFresh: 'true' }, apart);
    const run = await one.run();
    expect(run.error).toBeUndefined();
    const file = run.outputs[outputName(platform, 'token-file')] ?? '';
    const first = run.outputs[outputName(platform, 'access-token')] ?? '';
    await expect.poll(() => readFileSync(file, 'utf8'), { timeout: 60_000 }).not.toBe(first);
    const second = readFileSync(file, 'utf8');
    expect((await one.cleanUp()).exitCode).toBe(0);
    for (const token of [first, second]) expect(await lookUp(token, apart)).toBe(403);
  });

  it.concurrent('explains a denial by the method and the role', async ({ expect }) => {
    const run = await step(usual(), emulator, false).run();
    expectNoSecretShown(run, emulator);
    expect(run.error).toContain('HTTP 400: error validating token: invalid subject (sub) claim');
    expect(run.error).toContain('"bound_subject": "');
    expect(run.error).toContain('"oidc_discovery_url": "');
    expect(run.outputs).toEqual({});
  });

  it.concurrent('a token that cannot be revoked, or may not revoke itself, is told of', async ({ expect }) => {
    const said = { batch: 'Cannot be revoked, and expires by itself', bare: '"token_no_default_policy": false' };
    for (const [role, text] of Object.entries(said)) {
      await using apart = await startEmulator({
        setup: withRole(role === 'batch' ? { tokenType: 'batch' } : { tokenNoDefaultPolicy: true }),
      });
      const one = step({ ...usual(apart), secrets: 'kv/legacy password' }, apart);
      expect((await one.run()).error).toBeUndefined();
      const { stdout, exitCode } = await one.cleanUp();
      expect(stdout.replaceAll('%0A', '\n')).toContain(text);
      if (isGitHub) expect(exitCode).toBe(role === 'batch' ? 0 : 1);
    }
  });

  it.concurrent('is in the namespace that it names, where there are any', async ({ expect }) => {
    await using apart = await startEmulator({
      setup: (urls) => {
        const { vault, ...setup } = sharedSetup(urls);
        return vault ? { ...setup, vault: { ...vault, namespace: 'teams/web' } } : setup;
      },
    });
    expect((await step({ ...usual(apart), namespace: 'teams/web' }, apart).run()).error).toBeUndefined();
    expect((await step({ ...usual(apart), namespace: 'teams/data' }, apart).run()).error).toContain(
      'no handler for route',
    );
  });

  it.concurrent.each([
    ['no role', { role: '' }, 'is required for the profile vault'],
    ['a role that it does not have', { role: 'nobody' }, 'role "nobody" could not be found'],
    ['a path that leads elsewhere', { path: '../sys' }, 'expected a path'],
    ['a secret without a key', { secrets: 'secret/data/ci' }, 'between semicolons'],
    ['all keys of a secret', { secrets: 'secret/data/ci *' }, 'name the keys'],
    ['a variable that steers programs', { secrets: 'secret/data/ci npmToken | LD_PRELOAD' }, 'programs are steered by'],
    ['two secrets of one name', { secrets: 'secret/data/ci port; kv/legacy port' }, 'are one variable'],
    ['plain HTTP', { url: 'http://vault.example.com' }, 'is not HTTPS'],
  ])('is not logged in to with %s', async (_what, inputs, said) => {
    const run = await step({ ...usual(), ...inputs }).run();
    expect(run.error).toContain(said);
    expect({ outputs: run.outputs, exported: run.exported }).toEqual({ outputs: {}, exported: {} });
  });
});

/** Tokens that live for so many seconds, and so many at the most. */
const withTtl = (tokenTtl: number, tokenMaxTtl = 7200) => withRole({ tokenTtl, tokenMaxTtl });

/** Roles that say something else of the tokens that they give. */
const withRole = (changed: object) => (urls: Emulator['urls']) => {
  const setup = sharedSetup(urls);
  const { jwtMethods = [], policies = {}, ...vault } = setup.vault ?? {};
  const roles = jwtMethods.map((method) => ({
    ...method,
    roles: Object.fromEntries(Object.entries(method.roles).map(([name, role]) => [name, { ...role, ...changed }])),
  }));
  return { ...setup, vault: { ...vault, policies, jwtMethods: roles } };
};
