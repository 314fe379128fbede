/**
 * Users of one platform read nothing that another has: no name of an input or output, no variable, no word of its own. The texts
 * themselves are looked at in test/release/message-names.test.ts, and manifests in test/release/manifests.test.ts.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { azurePipelinesReader } from '@fedbridge/azure-pipelines/manifest';
import { errorWithNames, explain, FedbridgeError } from '@fedbridge/core';
import { startEmulator } from '@fedbridge/emulator';
import { gitHubReader } from '@fedbridge/github/manifest';
import { isCheck } from '@fedbridge/step';
import { steps } from '@fedbridge/steps';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkFormerInputs } from '../../packages/step/src/former-inputs.ts';
import { readInputs } from '../../packages/step/src/on-host.ts';
import { bundleStep } from '../harness/bundle-step.ts';
import { runCommand } from '../harness/cli.ts';
import { foreignNames } from '../harness/foreign-names.ts';
import { bothTokens, type GitLabJob, GitLabWorld, project } from '../harness/gitlab-job.ts';
import type { Step } from '../harness/job.ts';
import { hostWith } from '../harness/memory-host.ts';
import { pullRequest } from '../harness/pull-request.ts';
import { ids, pipelineJob, region, sharedSetup } from '../harness/setup.ts';
import { type Situation, situations } from '../harness/situations.ts';
import { trustLintStep, trustOf } from '../harness/trust-lint.ts';
import { type Platform, platforms, usualInputs } from '../harness/ways.ts';

const debug = { SYSTEM_DEBUG: 'true', RUNNER_DEBUG: '1' };
const readers = { github: gitHubReader, 'azure-pipelines': azurePipelinesReader } as const;
const of = <T>(value: T | ((platform: Platform) => T) | undefined, platform: Platform) =>
  typeof value === 'function' ? (value as (platform: Platform) => T)(platform) : value;

/** What users read of a step and of its clean-up, with the code of its error. */
async function read(step: Step, { before, between }: Pick<Situation, 'before' | 'between'> = {}) {
  before?.(step);
  const run = await step.run();
  between?.(step);
  const cleaned = await step.cleanUp();
  const outputs = Object.keys(run.outputs).join('\n');
  return {
    code: /\[([A-Z_]+)\]/.exec(run.error ?? '')?.[1],
    text: [run.visible, run.summary, run.error, outputs, cleaned.stdout, cleaned.stderr].join('\n'),
  };
}

describe.each(platforms)('on %s', (platform) => {
  const here = situations.filter(({ only = platform }) => only === platform);

  it.concurrent.each(here)(
    '$step, $title',
    async ({ step, inputs, environment, code, isStranger, faults, ...more }) => {
      await using emulator = await startEmulator({ setup: sharedSetup });
      for (const fault of faults?.(platform) ?? []) emulator.inject(fault);
      const isConnected = platform === 'azure-pipelines' && step === 'entra-token';
      const connection = isConnected ? { azureSubscription: ids.oldConnection } : {};
      const azure = { ...pipelineJob, connections: isConnected ? ['azure-old'] : [] };
      const job =
        platform === 'github'
          ? emulator.startGitHubJob(isStranger ? { ref: 'refs/heads/other' } : {})
          : emulator.startAzurePipelinesJob({ ...azure, ...(isStranger ? { pipeline: 'nightly' } : {}) });
      const usual = { ...usualInputs(step, emulator), ...(isConnected ? { clientId: '', tenantId: '' } : {}) };
      const given = { ...usual, ...connection, disableRetry: `${!faults}`, ...of(inputs, platform) };
      const all = { ...job.environment, ...debug, ...of(environment, platform) };
      const seen = await read(bundleStep(step, platform, given, all), more);
      expect(seen.code).toBe(typeof code === 'object' ? code[platform] : code);
      expect(foreignNames(platform, seen.text)).toEqual([]);
    },
  );

  it.each(steps)('what is wrong with an input of $name', (step) => {
    const { nameOf } = readers[platform];
    const told = Object.entries(step.inputs).flatMap(([name, definition]) =>
      ['\u0000', '%', 'a = b', '-1'].flatMap((value) => {
        const host = Object.assign(hostWith({ [name]: value }, { platform }), { inputName: nameOf });
        try {
          readInputs({ [name]: { ...definition, required: false } as typeof definition }, host);
          return [];
        } catch (error) {
          return error instanceof FedbridgeError ? [explain(errorWithNames(error, nameOf)).replace(value, '')] : [];
        }
      }),
    );
    // An audience may be any text.
    expect(told.length > 0).toBe(step.name !== 'id-token');
    expect(foreignNames(platform, told.join('\n'))).toEqual([]);
  });

  it.each(steps.filter((step) => !isCheck(step)))('what to do about inputs that $name does not have', (step) => {
    const former = isCheck(step) ? {} : (step.formerInputs ?? {});
    const { nameOf } = readers[platform];
    const told = Object.keys(former).map((name) => {
      const host = hostWith({ [name]: 'a value' }, { platform });
      const inputName = (one: string) => (one in former ? one : nameOf(one));
      try {
        checkFormerInputs(Object.assign(host, { inputName }), former);
        return host.said.join('\n');
      } catch (error) {
        return explain(error as FedbridgeError);
      }
    });
    expect(told.filter((text) => text === '')).toEqual([]);
    expect(foreignNames(platform, told.join('\n'))).toEqual([]);
  });

  const document = { 'a.json': trustOf('repo:octo@65001/app@724113:ref:refs/heads/main') };
  it.concurrent.each([
    ['finds nothing', {}, {}, undefined],
    ['is in a shallow clone', { depth: 1 }, {}, 'CHECK_INCOMPLETE'],
    ['has a base that is not there', {}, { baseRef: 'release' }, 'CHECK_INCOMPLETE'],
    ['has what it goes into checked out', { checkout: 'base', depth: 0 }, {}, 'CHECK_INCOMPLETE'],
    ['finds something', {}, { baseRef: 'none', failOn: 'note' }, undefined],
    ['has no document', {}, { files: 'none' }, 'INPUT_INVALID'],
  ] as const)('trust-lint %s', async (_title, clone, inputs, code) => {
    const change = pullRequest({ before: document, after: { 'b.txt': 'x' }, ...clone });
    const variables = {
      ...change.environment[platform],
      ...debug,
      SYSTEM_PULLREQUEST_SOURCECOMMITID: change.commits.head,
    };
    const seen = await read(trustLintStep(platform, { ...change.environment, [platform]: variables }, inputs));
    expect(seen.code).toBe(code);
    expect(foreignNames(platform, seen.text)).toEqual([]);
  });
});

/** Of both: where neither is, none is named but as a choice. */
const ofPlatforms = (text: string) =>
  platforms.flatMap((one) =>
    foreignNames(
      one,
      text.replaceAll(
        /\bgithub, azure-pipelines\b|--job github|service connection that is named by --service-connection/g,
        '',
      ),
    ),
  );

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'names-'));
  const aws = [
    'aws-credentials',
    '--role-to-assume',
    'arn:aws:iam::123456789012:role/x',
    '--aws-region',
    'eu-central-1',
  ];
  it.concurrent.each([
    ['token', '--resource', 'graph', '--client-id', ids.app, '--tenant-id', ids.tenant],
    ['token', '--resource', 'graph', '--client-id', 'x', '--tenant-id', ids.tenant],
    ['token', '--resource', 'graph', '--identity', 'kubernetes'],
    ['token', '--resource', 'graph', '--identity', 'managed-identity', '--require-claim', 'sub=x'],
    aws,
    [...aws, '--identity', 'kubernetes'],
    [...aws, '--identity', 'managed-identity'],
    [...aws, '--role-duration-seconds', '1'],
    ['trust', 'aws', '--account', '123456789012', '--from-job'],
    ['trust', 'entra', '--from-job'],
    ['inspect', 'absent'],
  ])('outside of a job: %s %s %s %s %s %s %s', async (...args) => {
    const { exitCode, stdout, stderr } = await runCommand(args, {}, folder);
    expect([exitCode === 0, stderr === '']).toEqual([false, false]);
    expect(ofPlatforms(`${stdout}\n${stderr}`)).toEqual([]);
  });
});

describe('on gitlab', () => {
  let world: GitLabWorld;
  beforeAll(async () => {
    world = await GitLabWorld.start();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const job = { idTokens: bothTokens };
  const other = { ...job, ref: 'other' };
  const none = { idTokens: {} };
  const several = { idTokens: { ONE: { aud: 'https://a.example.com' }, TWO: { aud: 'https://b.example.com' } } };
  const fromJob = (cloud: string) => ['trust', cloud, '--from-job'];
  const doctor = ({ emulator: { urls } }: GitLabWorld) => [
    ...['doctor', '--cloud', 'aws', '--aws-region', region, '--sts-endpoint', urls.sts],
  ];
  it.concurrent.each<readonly [string, GitLabJob, (of: GitLabWorld) => readonly string[], string]>([
    ['AWS credentials', job, (of) => of.aws(), 'Identity: gitlab'],
    ['a token of Entra', job, (of) => of.entra(), 'Identity: gitlab'],
    ['who the job is', job, doctor, 'Endpoints'],
    ['a trust policy', job, () => [...fromJob('aws'), '--account', ids.account], '"Condition"'],
    ['a federated credential', job, () => fromJob('entra'), '"subject"'],
    ['what AWS denies', other, (of) => of.aws(), '[EXCHANGE_REFUSED]'],
    ['what Entra denies', other, (of) => of.entra(), '[EXCHANGE_REFUSED]'],
    ['no ID token', none, (of) => of.aws('--identity', 'gitlab'), '[ID_TOKEN_UNAVAILABLE]'],
    ['no identity at all', none, (of) => of.entra(), '[ID_TOKEN_UNAVAILABLE]'],
    ['ID tokens for others', several, (of) => of.aws(), '[ID_TOKEN_AUDIENCE]'],
    ['a claim that is another', job, (of) => of.aws('--require-claim', 'ref=x'), '[ID_TOKEN_CLAIM]'],
    ['a claim that there is not', job, (of) => of.entra('--require-claim', 'nothing=x'), '[ID_TOKEN_CLAIM]'],
    ['a role that is none', job, (of) => of.aws('--role-to-assume', 'deploy'), 'expected the ARN of an IAM role'],
    ['another identity', job, (of) => of.entra('--identity', 'kubernetes'), '[ID_TOKEN_UNAVAILABLE]'],
  ])('the command says %s', async (_title, given, args, said) => {
    const { stdout, stderr } = await world.run(given, args(world));
    expect(`${stdout}\n${stderr}`).toContain(said);
    expect(foreignNames('gitlab', `${stdout}\n${stderr}`)).toEqual([]);
  });

  it.concurrent('the walk reads the words of its users as those of nobody else', async () => {
    const { stderr } = await world.run(none, world.aws('--identity', 'gitlab'));
    expect(stderr).toContain('id_tokens:');
    for (const platform of platforms) expect(foreignNames(platform, stderr)).not.toEqual([]);
    expect(foreignNames('gitlab', `of ${project}`)).toEqual([]);
  });
});

describe('the walk', () => {
  it.each([
    ['github', 'Set {requireClaims}, or role_accessToken: requireClaims', ['role_accessToken', 'requireClaims']],
    [
      'github',
      'Start the agent again, in System.DefaultWorkingDirectory.',
      ['agent', 'System.DefaultWorkingDirectory'],
    ],
    ['azure-pipelines', 'See require-claims, graph-access-token', ['require-claims', 'graph-access-token']],
    ['azure-pipelines', 'Have the runner set GITHUB_ENV: permissions: id-token: write', ['runner', 'GITHUB_ENV']],
    [
      'gitlab',
      'Set requireClaims of the runner and the agent, in the workflow',
      ['requireClaims', 'agent', 'workflow'],
    ],
    [
      'github',
      'In .gitlab-ci.yml, or CI_JOB_JWT of a merge request',
      ['.gitlab-ci.yml', 'CI_JOB_JWT', 'merge request'],
    ],
    ['azure-pipelines', 'At https://x/role-to-assume, /tmp/a/id-token, requireClaims', []],
  ] as const)('of what is read on %s finds what is in %j', (platform, text, found) => {
    const names = foreignNames(platform, text).map((one) => one.slice(0, one.indexOf(': ')));
    for (const name of found) expect(names).toContain(name);
    expect(names.length === 0).toBe(found.length === 0);
  });
});
