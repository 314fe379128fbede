import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { input, type Journey, mainJourneys, outside, useCredential } from '../harness/journeys.ts';
import type { Variables } from '../harness/process.ts';
import { namedRoles, sharedSetup } from '../harness/setup.ts';
import { expectNoSecretShown } from './secrets.ts';

const roles = Object.entries(namedRoles)
  .map(([name, arn]) => `${name} = ${arn}`)
  .join('\n');
const pod = { AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/pod', AWS_WEB_IDENTITY_TOKEN_FILE: '/no/token' };
const keys = 'aws_access_key_id = AKIAX\naws_secret_access_key = x\n';

/** Machines on which tools used to take somebody else's credentials. Clients of all kinds: `packages/steps`, `test/interop`. */
const machines: Readonly<Record<string, { readonly environment?: Variables; readonly files?: Variables }>> = {
  'of a pod with a role of its own': { environment: pod },
  'with a profile that it names': { environment: { AWS_PROFILE: 'corp' }, files: { credentials: `[corp]\n${keys}` } },
  'with a default profile': { files: { config: `[profile default]\n${keys}` } },
  'with another home': { environment: { USERPROFILE: mkdtempSync(join(tmpdir(), 'windows-')) } },
  'with a variable in a path': { environment: { AWS_SHARED_CREDENTIALS_FILE: '$HOME/keys' } },
  'with keys of several kinds': {
    environment: { AWS_ACCESS_KEY: 'x', AWS_SECRET_KEY: 'x', AWS_CREDENTIAL_EXPIRATION: '2020-01-01T00:00:00Z' },
  },
};
const deliveries: Readonly<Record<string, Variables>> = {
  'by default': {},
  'with keep-fresh': { 'keep-fresh': 'true' },
  'with aws-profile': { 'aws-profile': 'ci' },
  'with roles and keep-fresh': { 'keep-fresh': 'true', roles },
};

describe.each(mainJourneys.filter(({ cloud }) => cloud === 'AWS'))('$title', (journey) => {
  const is = (role: string) => expect.stringMatching(`:assumed-role/${role}/`);

  describe.each(Object.entries(machines))('on a machine %s', (_machine, { environment = {}, files = {} }) => {
    it.concurrent.each(Object.entries(deliveries))(
      'later steps have the identity of the step: %s',
      async (_title, inputs) => {
        const home = homeWith(files);
        const { run, step, identity } = await play(journey, inputs, { home, environment });
        expect(run.error).toBeUndefined();
        expect(await identity()).toEqual(is('deploy'));
        if (inputs.roles) expect(await identity({ AWS_PROFILE: 'plan' })).toEqual(is('plan'));
        const { exitCode, exported } = await step.cleanUp();
        expect(exitCode).toBe(0);
        for (const name of Object.keys(run.exported))
          expect([name, exported[name]]).toEqual([name, environment[name] ?? '']);
        for (const [name, text] of Object.entries(files)) {
          expect(readFileSync(join(home, '.aws', name), 'utf8')).toBe(text);
        }
      },
    );
  });

  it.concurrent('without a home, a step that writes nothing there works', async () => {
    const { run, identity } = await play(journey, { roles }, { environment: { HOME: '' } });
    expect(run.error).toBeUndefined();
    expect(await identity({ HOME: '' })).toEqual(is('deploy'));
  });

  it.concurrent('roles write nothing in the home of the user, whose profiles later steps find still', async () => {
    const files = { credentials: `# caf\u00e9\n[corp]\n${keys}`, config: '[profile corp]\nregion = eu-west-1\n' };
    const home = homeWith(files);
    const { run } = await play(journey, { roles, 'role-to-assume': '' }, { home });
    for (const [name, text] of Object.entries(files)) expect(readFileSync(join(home, '.aws', name), 'utf8')).toBe(text);
    const { AWS_SHARED_CREDENTIALS_FILE: path = '', AWS_CONFIG_FILE: config = '' } = run.exported;
    expect(path.startsWith(`${home}/.aws`)).toBe(false);
    expect(readFileSync(path, 'utf8')).toContain(`[corp]\n${keys}`);
    expect(readFileSync(config, 'utf8')).toContain('[profile corp]\nregion = eu-west-1\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.concurrent('of two jobs that write one profile, the first takes back nothing of the second', async () => {
    const home = homeWith({});
    const inputs = { 'aws-profile': 'ci', 'overwrite-aws-profile': 'true' };
    const first = await play(journey, inputs, { home });
    const second = await play(journey, inputs, { home });
    const read = () =>
      ['credentials', 'config'].map((name) =>
        readFileSync(join(home, '.aws', name), 'utf8').replaceAll(/^#.*\n/gm, ''),
      );
    const before = read();
    expect((await first.step.cleanUp()).exitCode).toBe(0);
    expect(read()).toEqual(before);
    expect(await second.identity()).toEqual(is('deploy'));
    expect((await second.step.cleanUp()).exitCode).toBe(0);
    expect(() => readFileSync(join(home, '.aws', 'config'))).toThrow('ENOENT');
  });

  it.concurrent.each([
    ['Latin-1', Buffer.from('# caf\xe9\r[corp]\rregion = x\r\n; \xff', 'latin1')],
    ['a byte order mark and no last line end', Buffer.from('\ufeff[corp]\nregion = x')],
  ])('a file of the user with %s is as it was in the end, to the byte', async (_title, bytes) => {
    const home = homeWith({});
    for (const name of ['credentials', 'config']) writeFileSync(join(home, '.aws', name), bytes, { mode: 0o640 });
    const { run, step, identity } = await play(journey, { 'aws-profile': 'ci' }, { home });
    expect(run.error).toBeUndefined();
    expect(await identity()).toEqual(is('deploy'));
    await step.cleanUp();
    for (const name of ['credentials', 'config']) {
      expect(readFileSync(join(home, '.aws', name))).toEqual(bytes);
      expect(statSync(join(home, '.aws', name)).mode & 0o777).toBe(0o640);
    }
  });

  it.concurrent.each([
    ['a named pipe', (path: string) => execFileSync('mkfifo', [path]), 'is a named pipe, not a regular file'],
    ['a folder', (path: string) => mkdirSync(path), 'is a folder, not a regular file'],
    ['a link to itself', (path: string) => symlinkSync(path, path), 'cannot be read: ELOOP'],
    ['UTF-16', (path: string) => writeFileSync(path, '\ufeff[corp]', 'utf16le'), 'is not text that the AWS tools read'],
  ])(
    '%s in the place of the credentials file: aws-profile is refused before any request, the rest works',
    async (_title, put, why) => {
      const home = homeWith({});
      const path = join(home, '.aws', 'credentials');
      put(path);
      const refused = await play(journey, { 'aws-profile': 'ci', 'action-timeout-s': '30' }, { home });
      expect(refused.run.error).toContain(`${path} ${why}. [DELIVERY_FAILED]`);
      expect(refused.made).toHaveLength(0);
      const { run, identity } = await play(journey, { roles }, { home });
      expect(run.error).toBeUndefined();
      expect(await identity({ AWS_PROFILE: 'plan' })).toEqual(is('plan'));
    },
  );
});

async function play(
  journey: Journey,
  given: Variables,
  { home, environment = {} }: { readonly home?: string; readonly environment?: Variables },
) {
  const emulator = await startEmulator({ setup: sharedSetup });
  const inputs = Object.assign({}, ...Object.entries(given).map(([name, value]) => input(journey, name, value)));
  const step = journey.start(emulator, { inputs, environment, ...(home ? { home } : {}) });
  const run = await step.run();
  expectNoSecretShown(run, emulator);
  const identity = (variables: Variables = {}) =>
    useCredential(journey, step, run, emulator, { ...environment, ...run.exported, ...variables });
  return { run, step, made: outside(emulator.requests), identity };
}

function homeWith(files: Variables): string {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  mkdirSync(join(home, '.aws'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, '.aws', name), text);
  return home;
}
