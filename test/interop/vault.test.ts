import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { describe, it } from 'vitest';
import type { Variables } from '../harness/process.ts';
import { hasVault, type RealVault, startVault, type VaultSetup } from '../harness/real-vault.ts';
import { sharedSetup } from '../harness/setup.ts';
import { exchangeInputs, exchangeStep, outputName } from '../harness/token-exchange.ts';
import { type Platform, platforms } from '../harness/ways.ts';

interface World extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly vault: RealVault;
  step(
    inputs?: Variables,
    job?: { readonly isTrusted?: boolean; readonly lifetimeSeconds?: number },
  ): ReturnType<typeof exchangeStep>;
  /** What Vault says of a token; undefined for one that is none. */
  lookUp(token: string): Promise<Readonly<Record<string, unknown>> | undefined>;
}

type Role = VaultSetup['jwtMethods'][number]['roles'][string];

/** Vault with the roles of the shared set-up, changed, over the emulator's issuers: HTTPS, with a CA that Vault is given. */
async function worldOf(platform: Platform, changed: Partial<Role> = {}): Promise<World> {
  const emulator = await startEmulator({ setup: sharedSetup, tls: true });
  const ca = join(mkdtempSync(join(tmpdir(), 'ca-')), 'ca.pem');
  writeFileSync(ca, emulator.ca ?? '');
  const setup = sharedSetup(emulator.urls).vault as VaultSetup;
  const jwtMethods = setup.jwtMethods.map((method) => ({
    ...method,
    roles: Object.fromEntries(Object.entries(method.roles).map(([name, role]) => [name, { ...role, ...changed }])),
  }));
  const vault = await startVault({ ...setup, jwtMethods }, emulator.ca);
  return {
    emulator,
    vault,
    step: (inputs = {}, job = {}) => {
      const usual = { ...exchangeInputs.vault(emulator, platform), url: vault.url };
      return exchangeStep({ emulator, platform, ...job }, { ...usual, ...inputs }, { NODE_EXTRA_CA_CERTS: ca });
    },
    async lookUp(token) {
      const answer = await fetch(`${vault.url}/v1/auth/token/lookup-self`, { headers: { 'x-vault-token': token } });
      return answer.ok ? ((await answer.json()) as { data: Readonly<Record<string, unknown>> }).data : undefined;
    },
    async [Symbol.asyncDispose]() {
      await vault[Symbol.asyncDispose]();
      await emulator.close();
    },
  };
}

const skipped = hasVault ? '' : ' (skipped: test/interop/vault is not built)';

describe.skipIf(!hasVault).each(platforms)(`Vault itself on %s${skipped}`, (platform) => {
  const isGitHub = platform === 'github';

  it.concurrent('gives secrets by path, masked, and its token ends with the job', async ({ expect }) => {
    await using world = await worldOf(platform);
    const one = world.step({ secrets: 'secret/data/ci npmToken | NPM_TOKEN; kv/legacy password; secret/data/ci port' });
    const run = await one.run();
    expect(run.error).toBeUndefined();
    const values = { NPM_TOKEN: 'npm_of-a-registry', PASSWORD: 'of-a-database', PORT: '5432' };
    expect(isGitHub ? run.exported : run.secretVariables).toEqual(values);
    for (const value of Object.values(values)) {
      expect(run.masked).toContain(value);
      expect(run.visible).not.toContain(value);
    }
    const token = run.outputs[outputName(platform, 'access-token')] ?? '';
    expect(await world.lookUp(token)).toMatchObject({ meta: { role: 'ci' }, policies: ['ci', 'default'] });
    const cleanedUp = await one.cleanUp();
    expect(cleanedUp.exitCode).toBe(0);
    expect(cleanedUp.stdout).toContain('Revoked: ');
    expect(await world.lookUp(token)).toBeUndefined();
    expect(one.files()).toEqual([]);
  });

  it.concurrent('renews the token that tools have', async ({ expect }) => {
    await using world = await worldOf(platform, { tokenTtl: 15 });
    const one = world.step({ exportToken: 'true', keepFresh: 'true' });
    const run = await one.run();
    expect(run.error).toBeUndefined();
    const token = (isGitHub ? run.exported : run.secretVariables).VAULT_TOKEN ?? '';
    const renewed = async () => (await world.lookUp(token))?.last_renewal_time;
    await expect.poll(renewed, { timeout: 60_000, interval: 200 }).toBeGreaterThan(0);
    expect(readFileSync(run.outputs[outputName(platform, 'token-file')] ?? '', 'utf8')).toBe(token);
    expect((await one.cleanUp()).exitCode).toBe(0);
    expect(await world.lookUp(token)).toBeUndefined();
  });

  it.concurrent.for([
    ['may not live on for long', { tokenTtl: 4, tokenMaxTtl: 5 }],
    ['cannot be renewed', { tokenType: 'batch', tokenTtl: 4 }],
    ['may not renew itself', { tokenNoDefaultPolicy: true, tokenTtl: 4 }],
  ] as const)('follows one by another that %s', async ([_what, changed], { expect }) => {
    await using world = await worldOf(platform, changed);
    const one = world.step({ keepFresh: 'true' });
    const run = await one.run();
    expect(run.error).toBeUndefined();
    const file = run.outputs[outputName(platform, 'token-file')] ?? '';
    const first = run.outputs[outputName(platform, 'access-token')] ?? '';
    await expect.poll(() => readFileSync(file, 'utf8'), { timeout: 60_000 }).not.toBe(first);
    await one.cleanUp();
    expect(one.files()).toEqual([]);
  });

  it.concurrent.for([
    ['batch', { tokenType: 'batch' }, 'Cannot be revoked, and expires by itself'],
    ['one that may not revoke itself', { tokenNoDefaultPolicy: true }, '"token_no_default_policy": false'],
  ] as const)('a token that does not end with the job is told of: %s', async ([_what, changed, said], { expect }) => {
    await using world = await worldOf(platform, changed);
    const one = world.step();
    expect((await one.run()).error).toBeUndefined();
    expect((await one.cleanUp()).stdout.replaceAll('%0A', '\n')).toContain(said);
  });

  it.concurrent.for([
    [
      'a bound claim',
      { boundClaims: { iss: 'https://issuer.example.com' } },
      'claim "iss" does not match any associated bound claim values',
    ],
    ['a claim that is missing', { boundClaims: { team: 'web' } }, 'claim "team" is missing'],
    [
      'the audience',
      { boundAudiences: ['https://elsewhere.example.com'] },
      'audience claim does not match any expected audience',
    ],
    ['the subject', { boundSubject: 'somebody' }, 'invalid subject (sub) claim'],
  ] as const)('explains a denial by %s', async ([_what, changed, said], { expect }) => {
    await using world = await worldOf(platform, changed);
    const run = await world.step().run();
    expect(run.error).toContain('[EXCHANGE_REFUSED]');
    expect(run.error).toContain(`HTTP 400: error validating`);
    expect(run.error).toContain(said);
    expect(run.error).toContain('"bound_audiences": [');
    expect(run.outputs).toEqual({});
  });

  it.concurrent('explains what is wrong with a request', async ({ expect }) => {
    await using world = await worldOf(platform);
    for (const [inputs, said] of [
      [{ role: 'nobody' }, 'HTTP 400: role "nobody" could not be found'],
      [{ path: 'nobody' }, 'HTTP 403: permission denied'],
      [{ secrets: 'secret/data/production password' }, '"capabilities": ['],
      [{ secrets: 'secret/ci npmToken' }, 'HTTP 403: 1 error occurred'],
      [{ secrets: 'kv/nothing password' }, 'HTTP 404'],
      [{ secrets: 'kv/legacy nothing' }, 'has no "nothing"'],
    ] as const) {
      const run = await world.step(inputs).run();
      expect(run.error).toContain(said);
      expect({ outputs: run.outputs, exported: run.exported }).toEqual({ outputs: {}, exported: {} });
    }
    const expired = await world.step({}, { lifetimeSeconds: -100 }).run();
    expect(expired.error).toContain('[ID_TOKEN_EXPIRED]');
  });
});
