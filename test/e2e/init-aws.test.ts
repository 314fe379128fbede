/**
 * `fedbridge init` with the AWS CLI, unchanged, on the emulator's IAM and STS.
 *
 * Tests as well:
 * - packages/cli/src/commands/init/aws.ts
 * - packages/cli/src/commands/init/role-step.ts
 * - packages/emulator/src/iam/iam-service.ts
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, type Setup, startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { runCommand } from '../harness/cli.ts';
import { hasAwsCli } from '../harness/cloud-tools.ts';
import { gitHubStep } from '../harness/github-step.ts';
import type { Variables } from '../harness/process.ts';
import { ids } from '../harness/setup.ts';

const { account } = ids;
const hub = 'token.actions.githubusercontent.com';
const readOnly = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
const jobs = ['--github', 'octo/app', '--owner-id', '65001', '--repository-id', '724113'];
const target = ['--cloud', 'aws', '--account', account, '--aws-region', 'eu-central-1'];
const main = ['init', ...jobs, '--branch', 'main', ...target];

/** Somebody who is signed in to an account, in an empty folder. */
async function signedIn(setup: NonNullable<Setup['accounts']> = [{ id: account, oidcProviders: [], roles: [] }]) {
  const emulator = await startEmulator({ setup: { accounts: setup, organizations }, names: 'real' });
  const folder = mkdtempSync(join(tmpdir(), 'init-'));
  const environment = {
    ...(process.env.PATH ? { PATH: process.env.PATH } : {}),
    ...emulator.signInToAws(account).environment,
    AWS_ENDPOINT_URL_IAM: emulator.urls.iam,
    AWS_ENDPOINT_URL_STS: emulator.urls.sts,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const init = (args: readonly string[], more: Variables = {}) => runCommand(args, { ...environment, ...more }, folder);
  const actions = () =>
    emulator.requests
      .filter(({ service }) => service === 'iam' || service === 'sts')
      .map(({ body }) => new URLSearchParams(body).get('Action'));
  return { emulator, folder, environment, init, actions, [Symbol.asyncDispose]: () => emulator.close() };
}

const organizations: NonNullable<Setup['organizations']> = [
  {
    name: 'contoso',
    id: ids.organization,
    projects: [{ name: 'web', id: ids.project, pipelines: { release: '12', nightly: '13' } }],
  },
];

/** Runs the step that a file has, as a job. */
async function ranAs(emulator: Emulator, isOfGitHub: boolean, environment: Variables, text: string) {
  const document = parse(text);
  const [step] = isOfGitHub ? document.jobs.deploy.steps : document.steps;
  const endpoint = isOfGitHub ? { 'sts-endpoint': emulator.urls.sts } : { stsEndpoint: emulator.urls.sts };
  const inputs = { ...step.with, ...step.inputs, ...endpoint } as Variables;
  const name = step.task?.replace('@1', '') ?? /actions\/([\w-]+)@/.exec(step.uses)?.[1];
  const run = await (isOfGitHub ? gitHubStep : azurePipelinesStep)({ name, inputs, environment }).run();
  return { error: run.error, shown: run.shown };
}

const steps = (stdout: string) =>
  JSON.parse(stdout).steps.map(({ title, state, done }: { title: string; state: string; done: boolean }) => [
    title,
    state,
    done,
  ]);

describe.skipIf(!hasAwsCli)('fedbridge init --cloud aws with the AWS CLI (skipped: no "aws" on the path)', () => {
  it('makes provider, role and workflow, whose job is allowed, and no other; a second time there is nothing to do', async () => {
    await using world = await signedIn();
    const { emulator, folder, init, actions } = world;
    const first = await init([...main, '--policy-arn', readOnly, '--yes']);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toContain(`At   AWS, account ${account}`);
    expect(actions()).toEqual([
      ...['GetCallerIdentity', 'GetOpenIDConnectProvider', 'GetRole'],
      ...['CreateOpenIDConnectProvider', 'CreateRole', 'AttachRolePolicy'],
    ]);
    const [made] = emulator.accounts;
    expect(made?.oidcProviders).toMatchObject([{ url: `https://${hub}`, clientIds: ['sts.amazonaws.com'] }]);
    expect(made?.roles).toMatchObject([{ name: 'deploy', attachedPolicies: [readOnly] }]);

    const text = readFileSync(join(folder, '.github', 'workflows', 'deploy.yml'), 'utf8');
    const job = { repository: 'octo/app', ownerId: '65001', repositoryId: '724113', immutableSubject: true };
    const asJob = (ref: string) => ranAs(emulator, true, emulator.startGitHubJob({ ...job, ref }).environment, text);
    expect((await asJob('refs/heads/main')).error).toBeUndefined();
    expect((await asJob('refs/heads/other')).error).toContain('AWS denied');

    const before = actions().length;
    const again = await init([...main, '--policy-arn', readOnly, '--json']);
    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
    expect(steps(again.stdout)).toEqual([
      [`OIDC provider https://${hub}`, 'exists', true],
      ['role deploy', 'exists', true],
      [`policy ${readOnly} of the role deploy`, 'exists', true],
      ['.github/workflows/deploy.yml', 'exists', true],
    ]);
    expect(actions().slice(before)).toEqual([
      ...['GetCallerIdentity', 'GetOpenIDConnectProvider', 'GetRole', 'ListAttachedRolePolicies'],
    ]);
  });

  it('of an audience that is named: the role takes it alone, and the job asks for it', async () => {
    await using world = await signedIn();
    const { emulator, folder, init } = world;
    expect(await init([...main, '--audience', 'mine', '--yes'])).toMatchObject({ exitCode: 0, stderr: '' });
    const text = readFileSync(join(folder, '.github', 'workflows', 'deploy.yml'), 'utf8');
    const job = { repository: 'octo/app', ownerId: '65001', repositoryId: '724113', immutableSubject: true };
    const asJob = (file: string) =>
      ranAs(emulator, true, emulator.startGitHubJob({ ...job, ref: 'refs/heads/main' }).environment, file);
    expect((await asJob(text)).error).toBeUndefined();
    expect((await asJob(text.replace(/^ *audience:.*\n/m, ''))).error).toContain('AWS denied');
  });

  it('adds a statement to a role that others have, and an audience to a provider: all of them are allowed', async () => {
    const other = {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${hub}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${hub}:sub`]: 'repo:octo/other:ref:refs/heads/main' } },
    };
    const trustPolicy = { Version: '2012-10-17', Statement: other };
    const oidcProviders = [{ url: `https://${hub}`, clientIds: ['other'] }];
    await using world = await signedIn([{ id: account, oidcProviders, roles: [{ name: 'deploy', trustPolicy }] }]);
    const { emulator, folder, init } = world;
    const ended = await init(['init', '--github', 'octo/app', '--branch', 'main', ...target, '--yes', '--json']);
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(steps(ended.stdout)).toEqual([
      [`OIDC provider https://${hub}: audience sts.amazonaws.com`, 'update', true],
      ['role deploy: a statement of its trust policy', 'update', true],
      ['.github/workflows/deploy.yml', 'create', true],
    ]);
    const [provider] = JSON.parse(ended.stdout).steps;
    expect(provider.notes).toEqual(['It takes other, and will take sts.amazonaws.com as well.']);
    const text = readFileSync(join(folder, '.github', 'workflows', 'deploy.yml'), 'utf8');
    for (const [repository, isAllowed] of [
      ['octo/app', true],
      ['octo/other', true],
      ['octo/third', false],
    ] as const) {
      const { environment } = emulator.startGitHubJob({ repository, ref: 'refs/heads/main' });
      const { error } = await ranAs(emulator, true, environment, text);
      expect({ repository, isAllowed: error === undefined }).toEqual({ repository, isAllowed });
    }
  });

  it('adds a statement where the one that is there has expired', async () => {
    const expired = {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${hub}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com', [`${hub}:sub`]: 'repo:octo/app:ref:refs/heads/main' },
        DateLessThan: { 'aws:CurrentTime': '2026-03-01T00:00:00Z' },
      },
    };
    const role = { name: 'deploy', trustPolicy: { Version: '2012-10-17', Statement: [expired] } };
    const oidcProviders = [{ url: `https://${hub}`, clientIds: ['sts.amazonaws.com'] }];
    await using world = await signedIn([{ id: account, oidcProviders, roles: [role] }]);
    const { stdout } = await world.init([
      'init',
      '--github',
      'octo/app',
      '--branch',
      'main',
      ...target,
      '--plan-only',
      '--json',
    ]);
    expect(steps(stdout)).toContainEqual(['role deploy: a statement of its trust policy', 'update', false]);
  });

  it('of Azure Pipelines: a policy that there is not stops it, and it goes on from there', async () => {
    await using world = await signedIn();
    const { emulator, folder, init, actions } = world;
    const project = ['--azure-pipelines', 'contoso/web', '--organization-id', ids.organization];
    const all = ['init', ...project, '--pipeline', 'release', ...target, '--yes'];
    const own = `arn:aws:iam::${account}:policy/not-there`;
    const stopped = await init([...all, '--policy-arn', own]);
    expect(stopped.exitCode).toBe(1);
    expect(stopped.stderr).toContain('(NoSuchEntity) when calling the AttachRolePolicy operation');
    expect(stopped.stderr).toContain(`Left: policy ${own} of the role deploy; azure-pipelines.yml.`);
    const before = actions().length;
    expect(await init([...all, '--policy-arn', readOnly])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(actions().slice(before)).toEqual([
      ...['GetCallerIdentity', 'GetOpenIDConnectProvider', 'GetRole', 'ListAttachedRolePolicies', 'AttachRolePolicy'],
    ]);
    const text = readFileSync(join(folder, 'azure-pipelines.yml'), 'utf8');
    for (const [pipeline, isAllowed] of [
      ['release', true],
      ['nightly', false],
    ] as const) {
      const job = { organization: 'contoso', project: 'web', pipeline };
      const { error } = await ranAs(emulator, false, emulator.startAzurePipelinesJob(job).environment, text);
      expect({ pipeline, isAllowed: error === undefined }).toEqual({ pipeline, isAllowed });
    }
  });
});
