import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { type Journey, mainJourneys, useCredential } from '../harness/journeys.ts';
import { actionManifest, rowsOf, sectionsOf } from '../harness/migration-page.ts';
import { type Play, play, tryAll, tryProxy, tryRows } from '../harness/migration-trials.ts';
import { root, type Variables } from '../harness/process.ts';
import { chain, ids, namedRoles, region, role, sharedSetup, subjects } from '../harness/setup.ts';

const [gitHub, azurePipelines] = mainJourneys.filter(({ cloud }) => cloud === 'AWS') as [Journey, Journey];
const given = (inputs: Variables) => play(gitHub, { inputs });
const keys = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'of-somebody-else' };
const services = ({ made }: Play) => made.map(({ service }) => service);
const keyOf = ({ exported }: Play['run']) => exported.AWS_ACCESS_KEY_ID;

/** Session credentials of the role, as an earlier step leaves them. */
async function session(emulator: Emulator): Promise<Variables> {
  const run = await gitHub.start(emulator).run();
  return Object.fromEntries(Object.entries(run.exported).filter(([name]) => !name.endsWith('REGION')));
}

describe('what the page configure-aws-credentials says', () =>
  tryAll('configure-aws-credentials', {
    "The role is assumed with the job's ID token": async () => {
      await using without = await play(gitHub, { environment: keys, job: { idTokenPermission: false } });
      expect(without.run.error).toMatch(/\[ID_TOKEN_\w+\]/);
      expect([services(without), without.run.exported]).toEqual([[], {}]);
      const inputs = { identity: 'aws', 'role-to-assume': chain.first, 'role-external-id': chain.externalId };
      await using named = await play(gitHub, { inputs }, session);
      expect(named.run.outputs['aws-account-id']).toBe(ids.otherAccount);
    },
    'Variables such as': async () => {
      const environment = { ROLE_TO_ASSUME: role, AWS_REGION: region };
      await using role_ = await play(gitHub, { environment, inputs: { 'role-to-assume': '' } });
      await using region_ = await play(gitHub, { environment, inputs: { 'aws-region': '' } });
      expect(role_.run.error).toMatch(/^Input "role-to-assume" is required\. \[INPUT_MISSING\]/);
      expect(region_.run.error).toMatch(/^Input "aws-region" is required\. \[INPUT_MISSING\]/);
    },
    'A number is all digits': async () => {
      await using done = await given({ 'role-duration-seconds': '1h' });
      expect(done.run.error).toContain('expected a whole number from 900 to 43200. [INPUT_INVALID]');
      expect(done.made).toEqual([]);
    },
    '`role-external-id`, `custom-tags` and `transitive-tag-keys` without': async () => {
      const all = [{ 'role-external-id': 'abc' }, { 'custom-tags': '{"A":"b"}' }, { 'transitive-tag-keys': 'A' }];
      for (const inputs of all) {
        await using done = await given(inputs);
        expect(done.run.error).toMatch(/needs "role-chain".*\[INPUT_INVALID\]/);
      }
    },
    '`use-existing-credentials` keeps': async () => {
      await using kept = await play(gitHub, { inputs: { 'use-existing-credentials': 'true' } }, session);
      expect([services(kept), kept.run.outputs['aws-account-id']]).toEqual([['sts'], ids.account]);
      const plan = { 'use-existing-credentials': 'true', 'role-to-assume': namedRoles.plan };
      await using another = await play(gitHub, { inputs: plan }, session);
      expect(another.run.outputs['authenticated-arn']).toContain(':assumed-role/plan/');
      await using off = await play(gitHub, { inputs: { 'use-existing-credentials': 'false' } }, session);
      expect(services(off)).toEqual(['github', 'sts']);
    },
    '`allowed-account-ids` is checked': async () => {
      await using done = await given({ 'allowed-account-ids': '000000000000' });
      expect(done.run.error).toContain('is in account 123456789012, which "allowed-account-ids" does not list');
      expect(done.made).toEqual([]);
      await using emulator = await startEmulator({ setup: sharedSetup });
      const body = readFileSync(join(root, 'test', 'e2e', 'another-account.xml'), 'utf8');
      emulator.inject({ service: 'sts', fault: { status: 200, headers: { 'content-type': 'text/xml' }, body } });
      const run = await gitHub.start(emulator, { inputs: { 'allowed-account-ids': ids.account } }).run();
      expect(run.error).toContain('999999999999');
      expect({ ...run.exported, ...run.outputs }).toEqual({});
    },
    'What AWS denies is asked for three times': async () => {
      await using done = await play(gitHub, { job: { ref: 'refs/heads/other' } });
      expect(services(done).filter((one) => one === 'sts')).toHaveLength(3);
      for (const told of ['subject   repo:octo/app:ref:refs/heads/other', '"sts:AssumeRoleWithWebIdentity"'])
        expect(done.run.error).toContain(told);
    },
    'The session name says who ran it': async () => {
      await using done = await given({});
      expect(done.run.outputs['authenticated-arn']).toMatch(/\/github-octo-app-9184477120$/);
    },
    'The tags of sessions are those of theirs': async () => {
      const inputs = { 'role-chain': chain.first, 'role-external-id': chain.externalId };
      await using done = await given({ ...inputs, 'custom-tags': '{"Actor":"mine"}' });
      const tags = [...(done.made.at(-1)?.form ?? [])].filter(([name]) => /^Tags\..*Key$/.test(name));
      const names = ['GitHub', 'Repository', 'Workflow', 'RunId', 'Action', 'Commit', 'Branch'];
      // Those of a pull request are empty here.
      expect(tags.map(([, key]) => key)).toEqual([...names, 'EventName', 'Job', 'TriggeringActor', 'Actor']);
    },
    'With `aws-profile` later steps find': async () => {
      await using done = await given({ 'aws-profile': 'ci' });
      expect(done.run.exported.AWS_PROFILE).toBe('ci');
      expect(keyOf(done.run)).toBeUndefined();
      const file = join(done.step.home, '.aws', 'credentials');
      expect(readFileSync(file, 'utf8')).toContain('[ci]');
      await done.step.cleanUp();
      expect(existsSync(file)).toBe(false);
    },
    'At the end of the job variables are put back': async () => {
      const environment = { ...keys, AWS_REGION: 'eu-west-1' };
      await using done = await play(gitHub, { environment });
      expect(done.run.exported.AWS_REGION).toBe(region);
      expect((await done.step.cleanUp()).exported).toMatchObject(environment);
    },
    'Later steps have the identity of the step on any machine': async () => {
      const home = mkdtempSync(join(tmpdir(), 'home-'));
      mkdirSync(join(home, '.aws'));
      writeFileSync(join(home, '.aws', 'config'), '[profile corp]\nregion = eu-west-1\n');
      const environment = { AWS_PROFILE: 'corp' };
      await using done = await play(gitHub, { home, environment });
      const { AWS_PROFILE, AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE = '' } = done.run.exported;
      expect([AWS_PROFILE, existsSync(AWS_SHARED_CREDENTIALS_FILE ?? '')]).toEqual(['fedbridge', true]);
      expect(readFileSync(AWS_CONFIG_FILE, 'utf8')).toContain('[profile corp]\nregion = eu-west-1\n');
      const who = await useCredential(gitHub, done.step, done.run, done.emulator);
      expect(who).toContain(':assumed-role/deploy/');
    },
    'With `roles` no keys are in the environment': async () => {
      await using done = await given({ roles: `plan = ${namedRoles.plan}` });
      expect(keyOf(done.run)).toBeUndefined();
      expect(existsSync(join(done.step.home, '.aws'))).toBe(false);
      for (const [profile, name] of [
        ['fedbridge', 'deploy'],
        ['plan', 'plan'],
      ] as const) {
        const who = await useCredential(gitHub, done.step, done.run, done.emulator, { AWS_PROFILE: profile });
        expect(who).toContain(`:assumed-role/${name}/`);
      }
    },
    'Names in `roles` that differ in case alone': async () => {
      await using done = await given({ roles: `a = ${role}\nA = ${namedRoles.plan}` });
      expect(done.run.error).toContain('[INPUT_INVALID]');
      expect(done.made).toEqual([]);
    },
  }));

/** That a value of an input fails before a request, and how. */
const failing = (input: string, value: string, told: string) => async () => {
  await using done = await given({ [input]: value });
  expect(done.run.error).toContain(told);
  expect(done.made).toEqual([]);
};
const defaults = actionManifest('actions/aws-credentials').inputs;
/** That the page has the number that is the default here. */
const usual = (input: string) => async () => {
  const row = rowsOf(sectionsOf('configure-aws-credentials').Inputs).find(([cell = '']) => cell === `\`${input}\``);
  const [, number] = /with (\d+) as default/.exec(row?.[1] ?? '') ?? [];
  expect(number).toBe(defaults.find(({ names }) => names.includes(input))?.default);
};

describe('what the page configure-aws-credentials says of inputs', () =>
  tryRows(
    'configure-aws-credentials',
    {
      'role-to-assume': failing('role-to-assume', 'deploy', 'expected the ARN of an IAM role'),
      audience: async () => {
        const inputs = { 'role-to-assume': role.replace('arn:aws:', 'arn:aws-cn:'), 'aws-region': 'cn-north-1' };
        await using done = await given({ ...inputs, 'disable-retry': 'true' });
        const token = done.made.find(({ service }) => service === 'sts')?.form.get('WebIdentityToken') ?? '';
        expect(decodeJwt(token).aud).toBe('sts.amazonaws.com.cn');
      },
      'custom-tags': async () => {
        const chained = { 'role-chain': chain.first, 'role-external-id': chain.externalId };
        await using lines = await given({ ...chained, 'custom-tags': 'Team = platform' });
        expect([...(lines.made.at(-1)?.form.values() ?? [])]).toContain('platform');
        await using json = await given({ ...chained, 'custom-tags': '{"Team":1,"Actor":"mine"}' });
        const tags = [...(json.made.at(-1)?.form.values() ?? [])];
        expect(tags).toEqual(expect.arrayContaining(['1', 'mine']));
        // As the one who started it again.
        expect(tags.filter((value) => value === 'mona')).toHaveLength(1);
      },
      'unset-current-credentials': async () => {
        const environment = { AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://x/' };
        const inputs = { 'unset-current-credentials': 'true', 'output-env-credentials': 'false' };
        await using done = await play(gitHub, { environment, inputs });
        for (const name of Object.keys(environment)) expect([name, done.run.exported[name]]).toEqual([name, '']);
      },
      'special-characters-workaround': async () => {
        const inputs = { 'special-characters-workaround': 'true', 'output-credentials': 'true' };
        await using done = await given(inputs);
        expect(done.run.outputs['aws-secret-access-key']).toMatch(/^[A-Za-z\d]+$/);
      },
      'retry-max-attempts': usual('retry-max-attempts'),
      'action-timeout-s': usual('action-timeout-s'),
      'http-proxy': failing('http-proxy', 'http://joe:hunter2@proxy:3128', 'without user name and password'),
      'sts-endpoint': failing('sts-endpoint', 'http://minio:9000', 'is http://minio:9000, which is not HTTPS'),
    },
    [
      ...['role-session-name', 'role-external-id', 'transitive-tag-keys', 'output-env-credentials', 'aws-profile'],
      'use-existing-credentials',
    ],
  ));

it('outputs that hold no secret need no input, as the page configure-aws-credentials says', async () => {
  await using done = await given({ 'output-env-credentials': 'false' });
  expect(Object.keys(done.run.outputs).sort()).toEqual(['authenticated-arn', 'aws-account-id', 'aws-expiration']);
  expect(done.run.exported).toEqual({});
});

describe('what the page aws-toolkit-for-azure-devops says', () =>
  tryAll('aws-toolkit-for-azure-devops', {
    'A denied identity is an error': async () => {
      await using done = await play(azurePipelines, { environment: keys, job: { pipeline: 'nightly' } });
      expect(done.run.error).toContain('[EXCHANGE_REFUSED]');
      expect(done.run.exported).toEqual({});
    },
    'The subject is that of the pipeline': async () => {
      const subject = (done: Play) => decodeJwt(done.made.at(-1)?.form.get('WebIdentityToken') ?? '').sub;
      const environment = { ENDPOINT_DATA_aws_ROLETOASSUME: role, ENDPOINT_DATA_aws_REGION: region };
      const inputs = { awsConnection: 'aws', roleToAssume: '', awsRegion: '' };
      await using done = await play(azurePipelines, { environment, inputs });
      expect([done.run.error, subject(done)]).toEqual([undefined, subjects.pipeline]);
      const job = { connections: ['azure'] };
      await using named = await play(azurePipelines, { inputs: { azureSubscription: ids.newConnection }, job });
      expect([named.run.error, subject(named)]).toEqual([undefined, subjects.newConnection]);
    },
    'One task is enough for all later steps': async () => {
      await using done = await play(azurePipelines);
      const file = done.run.exported.AWS_SHARED_CREDENTIALS_FILE ?? '';
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const who = await useCredential(azurePipelines, done.step, done.run, done.emulator);
      expect(who).toContain(':assumed-role/deploy/');
      await done.step.cleanUp();
      expect(done.step.files()).toEqual([]);
    },
    // What STS gives to who names no duration. Source: STS API Reference, AssumeRoleWithWebIdentity.
    'Credentials live one hour': async () => {
      await using done = await play(azurePipelines);
      expect(done.made.at(-1)?.form.has('DurationSeconds')).toBe(false);
      await using asked = await play(azurePipelines, { inputs: { roleDurationSeconds: '900' } });
      expect(asked.made.at(-1)?.form.get('DurationSeconds')).toBe('900');
    },
    'The session name is not': async () => {
      await using done = await play(azurePipelines);
      expect(done.run.outputs.authenticatedArn).toMatch(/\/azure-pipelines-web-20260$/);
    },
    'The region comes from the input or the connection': async () => {
      const environment = { AWS_REGION: region, SECRET_AWS_REGION: region };
      await using done = await play(azurePipelines, { environment, inputs: { awsRegion: '' } });
      expect(done.run.error).toMatch(/^Input "awsRegion" is required\. \[INPUT_MISSING\]/);
    },
    'A proxy that the agent was configured with': () => tryProxy(azurePipelines, 'stsEndpoint'),
    'A role that trusts the Azure DevOps issuer for a service connection': async () => {
      const job = { connections: ['azure-old'] };
      await using done = await play(azurePipelines, { inputs: { azureSubscription: ids.oldConnection }, job });
      expect(done.run.summary).toContain('uses the Azure DevOps issuer, which stops on 2027-07-01');
    },
  }));
