import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { input, type Journey, mainJourneys, outside, useCredential } from '../harness/journeys.ts';
import { shown } from '../harness/markdown.ts';
import type { Variables } from '../harness/process.ts';
import { chain, ids, namedRoles, role, sharedSetup } from '../harness/setup.ts';
import { expectNoSecretShown } from './secrets.ts';

const twoRoles = `plan = ${namedRoles.plan}\nAudit_2 = ${namedRoles.Audit_2}`;
const mine = {
  credentials: '# mine\n[default]\naws_access_key_id=AKIAMINE\naws_secret_access_key = x=y # z\n',
  config: '[default]\nregion = eu-west-1\n\n[profile ci-old]\nregion = us-east-1\n',
};

describe.each(mainJourneys.filter(({ cloud }) => cloud === 'AWS'))('$title', (journey) => {
  const isGitHub = journey.platform === 'GitHub Actions';
  const is = (role: string) => expect.stringMatching(`:assumed-role/${role}/`);

  describe('aws-profile', () => {
    it.concurrent('is written among others, used by later steps, and removed at the end', async () => {
      const home = homeWith(mine);
      const { run, step, identity } = await play(journey, { 'aws-profile': 'ci' }, { home });
      expect(run.error).toBeUndefined();
      const [credentials, config] = ['credentials', 'config'].map((name) => join(home, '.aws', name));
      expect(run.exported).toEqual({
        AWS_PROFILE: 'ci',
        AWS_REGION: 'eu-central-1',
        AWS_DEFAULT_REGION: 'eu-central-1',
        AWS_SHARED_CREDENTIALS_FILE: credentials,
        AWS_CREDENTIAL_PROFILES_FILE: credentials,
        AWS_CONFIG_FILE: config,
        AWS_SDK_LOAD_CONFIG: '1',
      });
      await expect(identity()).resolves.toEqual(is('deploy'));
      const written = read(home);
      expect(written.credentials?.slice(0, mine.credentials.length)).toBe(mine.credentials);
      expect(written.credentials?.slice(mine.credentials.length)).toMatch(
        /^\n\[ci\]\n# fedbridge section \w+ until \d{10} \w+\naws_access_key_id = ASIA/,
      );
      expect(unmarked(written.config)).toBe(`${mine.config}\n[profile ci]\nregion = eu-central-1\n`);
      expect(statSync(join(home, '.aws', 'credentials')).mode & 0o007).toBe(0);
      for (let times = 0; times < 2; times += 1) {
        expect((await step.cleanUp()).exitCode).toBe(0);
        expect(read(home)).toEqual(mine);
      }
    });

    it.concurrent('goes where AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE say', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'aws-'));
      const environment = {
        AWS_SHARED_CREDENTIALS_FILE: join(folder, 'a', 'keys'),
        AWS_CONFIG_FILE: join(folder, 'b'),
      };
      const { run, identity } = await play(journey, { 'aws-profile': 'default' }, { environment });
      expect(run.error).toBeUndefined();
      expect(unmarked(readFileSync(environment.AWS_CONFIG_FILE, 'utf8'))).toBe('[default]\nregion = eu-central-1\n');
      await expect(identity(environment)).resolves.toEqual(is('deploy'));
    });

    it.concurrent('of a name that exists fails before any request, and takes overwrite-aws-profile', async () => {
      const home = homeWith(mine);
      const refused = await play(journey, { 'aws-profile': 'ci-old' }, { home });
      expect(refused.run.error).toContain(`There is a profile "ci-old" in ${join(home, '.aws', 'config')} already`);
      expect(refused.made).toHaveLength(0);
      expect(read(home)).toEqual(mine);
      const { run, step } = await play(journey, { 'aws-profile': 'ci-old', 'overwrite-aws-profile': 'true' }, { home });
      expect(run.error).toBeUndefined();
      expect(unmarked(read(home).config)).toBe(mine.config.replace('us-east-1', 'eu-central-1'));
      await step.cleanUp();
      expect(read(home)).toEqual(mine);
    });

    it.concurrent('of two jobs at once: both are there', async () => {
      const home = homeWith(mine);
      const both = await Promise.all(['one', 'two'].map((name) => play(journey, { 'aws-profile': name }, { home })));
      expect(both.map(({ run }) => run.error)).toEqual([undefined, undefined]);
      for (const { identity, run } of both) await expect(identity(run.exported)).resolves.toEqual(is('deploy'));
      await Promise.all(both.map(({ step }) => step.cleanUp()));
      expect(read(home)).toEqual(mine);
    });

    it.concurrent('that the user changed while the job ran stays as the user has it, and that is said', async () => {
      const home = homeWith(mine);
      const { step } = await play(journey, { 'aws-profile': 'ci-old', 'overwrite-aws-profile': 'true' }, { home });
      const config = join(home, '.aws', 'config');
      writeFileSync(config, readFileSync(config, 'utf8').replace('region = eu-central-1', 'region = mars'));
      const done = await step.cleanUp();
      expect(done.exitCode).toBe(0);
      expect(done.stdout).toContain(
        `Profile "ci-old" of ${config} is not as this step wrote it, and was left so: region.`,
      );
      expect(read(home)).toEqual({
        ...mine,
        config: mine.config.replace('region = us-east-1', 'region = mars\n# region = us-east-1'),
      });
    });

    it.concurrent('is not removed once another job has written it anew', async () => {
      const home = homeWith({});
      const first = await play(journey, { 'aws-profile': 'ci' }, { home });
      const second = await play(journey, { 'aws-profile': 'ci', 'overwrite-aws-profile': 'true' }, { home });
      await first.step.cleanUp();
      await expect(second.identity()).resolves.toEqual(is('deploy'));
    });

    it.concurrent.each([
      ['was killed', {}],
      ['was not to clean up', { cleanup: 'false' }],
      ['kept it fresh and was killed', { 'keep-fresh': 'true' }],
    ])('of a job that %s does not come back once it has expired', async (how, inputs) => {
      const overwrite = { 'aws-profile': 'ci-old', 'overwrite-aws-profile': 'true' };
      for (const hasExpired of [true, false]) {
        const home = homeWith(mine);
        const first = await play(journey, { ...overwrite, ...inputs }, { home });
        if (!how.endsWith('killed')) await first.step.cleanUp();
        const before = read(home);
        const second = await play(journey, overwrite, { home });
        for (const [name, text] of Object.entries(hasExpired ? read(home) : {})) {
          const aged = text.replace(/(keeps # fedbridge .*until )\d+/g, (_, mark: string) => `${mark}1`);
          writeFileSync(join(home, '.aws', name), aged);
        }
        expect((await second.step.cleanUp()).exitCode).toBe(0);
        expect(read(home)).toEqual(hasExpired ? mine : before);
        // What it has started ends with it.
        await first.step.cleanUp();
      }
    });

    it.concurrent('empties keys of the job, which would be taken before it, and puts them back', async () => {
      const environment = { AWS_ACCESS_KEY_ID: 'AKIAX', AWS_SECRET_ACCESS_KEY: 'x' };
      const { run, step } = await play(journey, { 'aws-profile': 'ci' }, { environment });
      expect(run.exported).toMatchObject({ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
      expect((await step.cleanUp()).exported).toMatchObject(environment);
    });

    it.concurrent('without output-env-credentials is there for who names it', async () => {
      const { run, identity } = await play(journey, { 'aws-profile': 'ci', 'output-env-credentials': 'false' });
      expect(run.exported).toEqual({});
      await expect(identity({ AWS_PROFILE: 'ci', AWS_REGION: 'eu-central-1' })).resolves.toEqual(is('deploy'));
    });

    it.concurrent.each([
      ['my profile', 'without spaces'],
      ['[ci]', 'brackets'],
      ['a/b', 'slashes'],
      ['a\nb', 'expected a profile name'],
      ['x'.repeat(65), 'at most 64'],
    ])('%j is refused before any request', async (name, message) => {
      const home = homeWith(mine);
      const { run, made } = await play(journey, { 'aws-profile': name }, { home });
      expect(run.error).toContain(message);
      expect(run.error).toContain(`Input "${Object.keys(input(journey, 'aws-profile', ''))[0]}" is `);
      expect(made).toHaveLength(0);
      expect(read(home)).toEqual(mine);
    });
  });

  describe('roles', () => {
    it.concurrent('are assumed at once with one ID token, each a profile', async () => {
      const { run, made, identity, step } = await play(journey, { roles: twoRoles });
      expect(run.error).toBeUndefined();
      expect(made.map(({ service }) => service)).toEqual([isGitHub ? 'github' : 'azureDevOps', 'sts', 'sts', 'sts']);
      await expect(identity()).resolves.toEqual(is('deploy'));
      for (const [name, arn] of Object.entries(namedRoles)) {
        const keys = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '' };
        await expect(identity({ ...keys, AWS_PROFILE: name })).resolves.toEqual(is(arn.split('/')[1] ?? ''));
      }
      await step.cleanUp();
      expect(step.files()).toEqual([]);
      expect(read(step.home)).toEqual({});
    });

    it.concurrent('alone give profiles and a region; with output-credentials, outputs of their own', async () => {
      const { run, emulator } = await play(journey, {
        'role-to-assume': '',
        roles: twoRoles,
        'output-credentials': 'true',
      });
      expect(run.error).toBeUndefined();
      const files = ['AWS_SHARED_CREDENTIALS_FILE', 'AWS_CONFIG_FILE', 'AWS_CREDENTIAL_PROFILES_FILE'];
      expect(Object.keys(run.exported)).toEqual(['AWS_REGION', 'AWS_DEFAULT_REGION', ...files, 'AWS_SDK_LOAD_CONFIG']);
      const outputs = isGitHub
        ? [
            'aws-account-id',
            'authenticated-arn',
            'aws-expiration',
            'aws-access-key-id',
            'aws-secret-access-key',
            'aws-session-token',
          ]
        : [
            'awsAccountId',
            'authenticatedArn',
            'awsExpiration',
            'awsAccessKeyId',
            'awsSecretAccessKey',
            'awsSessionToken',
          ];
      const separator = isGitHub ? '-' : '_';
      expect(Object.keys(run.outputs)).toEqual(
        ['plan', 'Audit_2'].flatMap((name) => outputs.map((output) => `${name}${separator}${output}`)),
      );
      const ofPlan = isGitHub ? 'plan-aws-session-token' : 'plan_awsSessionToken';
      expect(emulator.secrets()).toContain(run.outputs[ofPlan]);
      expect(shown(run.summary)).toContain(`output ${ofPlan}`);
    });

    it.concurrent('of which one is refused deliver nothing, and the error names it', async () => {
      const roles = `${twoRoles}\nbad = arn:aws:iam::${ids.account}:role/missing`;
      const { run, step } = await play(journey, { roles });
      expect(run.error).toContain('role/missing');
      expect(run.error).toContain('[EXCHANGE_REFUSED]');
      expect({ ...run.outputs, ...run.exported }).toEqual({});
      expect(step.files()).toEqual([]);
      expect(read(step.home)).toEqual({});
    });

    it.concurrent.each([
      [{ roles: 'plan' }, 'expected "name = value" on each line'],
      [{ roles: 'plan = deploy' }, 'expected the ARN of an IAM role'],
      [{ roles: `a b = ${role}` }, 'the name "a b" must be'],
      [{ roles: `../x = ${role}` }, 'the name "../x" must be'],
      [{ roles: `a = ${role}\na = ${role}` }, '"a" comes twice'],
      [{ roles: `a = ${role}\nA = ${role}` }, '"a" and "A" are one name'],
      [{ roles: `ci = ${role}`, 'aws-profile': 'ci' }, 'names "ci", which "'],
      [{ roles: `fedbridge = ${role}` }, 'names "fedbridge", which the role to assume is called'],
      [{ roles: 'x = arn:aws-cn:iam::123456789012:role/x' }, 'is in partition aws-cn'],
      [{ roles: `x = ${chain.first}`, 'allowed-account-ids': ids.account }, `is in account ${ids.otherAccount}`],
      [{ roles: twoRoles, 'role-to-assume': '', 'aws-profile': 'ci' }, 'needs "role'],
      [{ roles: twoRoles, 'role-to-assume': '', 'role-chain': chain.first }, 'needs "role'],
      [{ roles: twoRoles, 'role-to-assume': '', 'use-existing-credentials': 'true' }, 'needs "role'],
    ])('%o is refused before any request', async (inputs, message) => {
      const { run, made } = await play(journey, inputs);
      expect(run.error).toContain(message);
      expect(run.error).toMatch(/^Input "[\w-]+" /);
      expect(made).toHaveLength(0);
    });
  });

  it.concurrent.each([
    ['overwrite-aws-profile', 'yes'],
    ['unset-current-credentials', '1'],
    ['use-existing-credentials', 'on'],
    ['summary', 'off'],
    ...(isGitHub ? [] : [['export-credentials', 'no'] as const]),
  ] as const)('%s: %s is refused before any request', async (name, value) => {
    const { run, made } = await play(journey, { [name]: value });
    expect(run.error).toContain(`is "${value}": expected true or false. [INPUT_INVALID]`);
    expect(made).toHaveLength(0);
  });

  it.concurrent('unset-current-credentials leaves later steps nothing but what this step gives', async () => {
    const environment = { AWS_ACCESS_KEY_ID: 'AKIAX', AWS_REGION: 'us-east-1', AWS_WEB_IDENTITY_TOKEN_FILE: '/x' };
    const { run, step } = await play(journey, { 'unset-current-credentials': 'true' }, { environment });
    expect(run.exported.AWS_WEB_IDENTITY_TOKEN_FILE).toBe('');
    expect(run.exported.AWS_REGION).toBe('eu-central-1');
    if (!isGitHub) expect(run.exported.AWS_ACCESS_KEY_ID).toBe('');
    expect((await step.cleanUp()).exported).toMatchObject(environment);
  });

  describe('use-existing-credentials', () => {
    const again = { 'use-existing-credentials': 'true' };

    it.concurrent('keeps what an earlier step gave, with one request', async () => {
      await using emulator = await startEmulator({ setup: sharedSetup });
      const first = await journey.start(emulator).run();
      const before = outside(emulator.requests).length;
      const step = journey.start(emulator, { environment: first.exported, inputs: inputsOf(journey, again) });
      const run = await step.run();
      expect(run.error).toBeUndefined();
      expect(
        outside(emulator.requests)
          .slice(before)
          .map(({ body }) => body),
      ).toEqual([expect.stringContaining('Action=GetCallerIdentity')]);
      expect(run.outputs[isGitHub ? 'authenticated-arn' : 'authenticatedArn']).toEqual(is('deploy'));
      expectNoSecretShown(run, emulator);
      expect(await useCredential(journey, step, run, emulator)).toEqual(is('deploy'));
    });

    it.concurrent.each([
      ['are not good at this STS', true, {}],
      ['are of another role', false, { 'role-to-assume': namedRoles.plan }],
    ])('asks for new ones when those of the job %s', async (_title, isElsewhere, inputs) => {
      await using emulator = await startEmulator({ setup: sharedSetup });
      await using elsewhere = await startEmulator({ setup: sharedSetup });
      const first = await journey.start(isElsewhere ? elsewhere : emulator).run();
      const before = outside(emulator.requests).length;
      const step = journey.start(emulator, {
        environment: first.exported,
        inputs: inputsOf(journey, { ...again, ...inputs }),
      });
      const run = await step.run();
      expect(run.error).toBeUndefined();
      expect(outside(emulator.requests).slice(before)).toHaveLength(3);
    });

    it.concurrent.each([
      ['inline-session-policy', '{"Version":"2012-10-17","Statement":[]}'],
      ['managed-session-policies', 'arn:aws:iam::aws:policy/ReadOnlyAccess'],
      ['role-duration-seconds', '900'],
      ['custom-tags', 'Team = platform'],
      ['transitive-tag-keys', 'Branch'],
    ])('excludes %s: nobody can tell it of them', async (name, value) => {
      const chained = { 'role-chain': chain.first, 'role-external-id': chain.externalId };
      const { run, made } = await play(journey, { ...again, ...chained, [name]: value });
      expect(run.error).toMatch(/^Input "[\w-]+" excludes "use-?existing-?credentials"/i);
      expect(made).toHaveLength(0);
    });

    it.concurrent('does not look at long-lived keys', async () => {
      const environment = { AWS_ACCESS_KEY_ID: 'AKIAX', AWS_SECRET_ACCESS_KEY: 'x' };
      const { run, made } = await play(journey, again, { environment });
      expect(run.error).toBeUndefined();
      expect(made).toHaveLength(2);
    });
  });

  if (!isGitHub) {
    it.concurrent('exportCredentials sets secret variables', async () => {
      const { run, emulator } = await play(journey, { 'export-credentials': 'true' });
      const lines = run.stdout.split('\n').filter((line) => line.includes('variable=AWS_SE'));
      expect(lines).toHaveLength(2);
      for (const line of lines) expect(line).toContain('issecret=true');
      expect(run.exported).not.toHaveProperty('AWS_SECRET_ACCESS_KEY');
      const secret = /variable=AWS_SECRET_ACCESS_KEY;[^\]]*\](.*)/.exec(run.stdout)?.[1] ?? '';
      expect(emulator.secrets()).toContain(secret);
    });

    describe('an AWS connection', () => {
      const id = '9b1de0aa-7f54-4a0c-8d5e-1c2b3a4d5e6f';
      const connected = { 'aws-connection': id, 'role-to-assume': '', 'aws-region': '' };
      const data = (roleToAssume: string, awsRegion: string) => ({
        [`ENDPOINT_DATA_${id}_ROLETOASSUME`]: roleToAssume,
        [`ENDPOINT_DATA_${id}_REGION`]: awsRegion,
      });

      it.concurrent('gives role and region', async () => {
        const { run, identity } = await play(journey, connected, { environment: data(role, 'eu-west-1') });
        expect(run.error).toBeUndefined();
        expect(run.exported.AWS_REGION).toBe('eu-west-1');
        await expect(identity()).resolves.toEqual(is('deploy'));
      });

      it.concurrent('gives way to inputs', async () => {
        const inputs = { ...connected, 'role-to-assume': namedRoles.plan };
        const { identity } = await play(journey, inputs, { environment: data(role, 'eu-west-1') });
        await expect(identity()).resolves.toEqual(is('plan'));
      });

      it.concurrent.each([
        [data('deploy', 'eu-west-1'), '"roleToAssume" of the AWS connection is "deploy": expected the ARN'],
        [data(role, 'mars'), '"region" of the AWS connection is "mars": expected an AWS region'],
        [data('', ''), 'Input "roleToAssume" is required.'],
      ])('%o is refused before any request', async (environment, message) => {
        const { run, made } = await play(journey, connected, { environment });
        expect(run.error).toContain(message);
        expect(made).toHaveLength(0);
      });
    });
  }
});

interface Shared {
  readonly home?: string;
  readonly environment?: Variables;
}

async function play(journey: Journey, given: Variables, shared: Shared = {}) {
  const emulator = await startEmulator({ setup: sharedSetup });
  const step = journey.start(emulator, { inputs: inputsOf(journey, given), ...shared });
  const run = await step.run();
  expectNoSecretShown(run, emulator);
  const made = outside(emulator.requests);
  const identity = (environment: Variables = {}) => useCredential(journey, step, run, emulator, environment);
  return { run, step, made, emulator, identity };
}

function inputsOf(journey: Journey, given: Variables): Variables {
  return Object.assign({}, ...Object.entries(given).map(([name, value]) => input(journey, name, value)));
}

function homeWith(files: Variables): string {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  mkdirSync(join(home, '.aws'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, '.aws', name), text);
  return home;
}

function read(home: string): Record<string, string> {
  const files = ['credentials', 'config'].flatMap((name) => {
    try {
      return [[name, readFileSync(join(home, '.aws', name), 'utf8')]];
    } catch {
      return [];
    }
  });
  return Object.fromEntries(files);
}

/** Without the comment by which the step finds its section again. */
function unmarked(text: string | undefined): string | undefined {
  return text?.replace(/^# fedbridge .*\n/gm, '');
}
