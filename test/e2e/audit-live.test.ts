/**
 * Tests as well:
 * - packages/cli/src/commands/trust/audit-live.ts
 * - packages/cli/src/live/exports.ts
 * - packages/cli/src/live/signed-in-tool.ts
 */

import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../harness/cli.ts';
import { root } from '../harness/process.ts';

const account = '123456789012';
const hub = 'token.actions.githubusercontent.com';
const arn = `arn:aws:iam::${account}:oidc-provider/${hub}`;
const [application, other] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];
const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzZWNyZXQifQ.c2lnbmF0dXJl';

const role = (name: string, principal: object, action: string, condition: object) => ({
  RoleName: name,
  Arn: `arn:aws:iam::${account}:role/${name}`,
  AssumeRolePolicyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: action, Condition: condition }],
  },
});
const byToken = (name: string, subject: string) =>
  role(name, { Federated: arn }, 'sts:AssumeRoleWithWebIdentity', {
    StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com' },
    StringLike: { [`${hub}:sub`]: subject },
  });
const roles = [
  byToken('open', 'repo:octo*'),
  byToken('ours', 'repo:octo@65001/app@7:ref:refs/heads/main'),
  role('sibling', { AWS: 'arn:aws:iam::210987654321:root' }, 'sts:AssumeRole', {}),
];
const policies = { RolePolicyList: [], AttachedManagedPolicies: [] };
const details =
  'aws iam get-account-authorization-details --filter User Role Group LocalManagedPolicy AWSManagedPolicy';
const awsAnswers = {
  [details]: { RoleDetailList: roles.map((one) => ({ ...one, ...policies })), Policies: [] },
  'aws iam list-roles': { Roles: roles },
  'aws iam list-open-id-connect-providers': { OpenIDConnectProviderList: [{ Arn: arn }, { Arn: '--help' }] },
  [`aws iam get-open-id-connect-provider --open-id-connect-provider-arn=${arn}`]: {
    Url: hub,
    ClientIDList: ['sts.amazonaws.com'],
  },
  'aws organizations list-accounts': {
    Accounts: ['210987654321', account].map((id) => ({
      Id: id,
      Arn: `arn:aws:organizations::210987654321:account/o-abcdef1234/${id}`,
      JoinedMethod: 'CREATED',
      Status: 'ACTIVE',
    })),
  },
};
const credential = (name: string, subject: string) => ({
  ...{ id: other, name, issuer: `https://${hub}`, subject },
  audiences: ['api://AzureADTokenExchange'],
});
const azAnswers = {
  'az ad app list --all --query [].{id:id, appId:appId, displayName:displayName, signInAudience:signInAudience}': [
    { id: application, appId: other, displayName: 'deployer', signInAudience: 'AzureADMyOrg' },
    { id: other, appId: application, displayName: 'nothing', signInAudience: 'AzureADMyOrg' },
  ],
  [`az ad app federated-credential list --id=${application}`]: [
    credential('main', 'repo:octo@65001/app@7:ref:refs/heads/main'),
  ],
  [`az ad app federated-credential list --id=${other}`]: [],
  'az identity list --query [].{id:id, name:name, resourceGroup:resourceGroup}': [
    { id: '/x', name: 'agents', resourceGroup: 'ci(new)' },
    { id: '/y', name: 'agents-2', resourceGroup: 'ci' },
  ],
  'az identity federated-credential list --identity-name=agents-2 --resource-group=ci': [
    credential('partner', 'repo:acme@7/app@8:pull_request'),
  ],
};

/** What somebody has who is signed in, with tools that answer only this. */
async function live(answers: object, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const home = mkdtempSync(join(tmpdir(), 'audit-live-'));
  const tools = mkdtempSync(join(tmpdir(), 'tools-'));
  writeFileSync(join(home, 'answers.json'), JSON.stringify(answers));
  for (const tool of ['aws', 'az']) {
    const standIn = join(root, 'test', 'harness', 'stand-in-cloud.ts');
    writeFileSync(join(tools, tool), `#!/bin/sh\nexec '${process.execPath}' '${standIn}' ${tool} "$@"\n`);
    chmodSync(join(tools, tool), 0o755);
  }
  const ended = await runCommand(
    ['trust', 'audit', ...args],
    { HOME: home, PATH: [tools, '/bin'].join(delimiter), ...environment },
    home,
  );
  const file = join(home, 'calls.jsonl');
  const calls = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  const left = readdirSync(home).filter((one) => one !== 'calls.jsonl' && one !== 'answers.json');
  return { ...ended, calls: calls.map((line) => (JSON.parse(line) as string[]).join(' ')), left };
}
const entriesIn = (stdout: string) =>
  JSON.parse(stdout).entries.map(({ address, reach }: { address: string; reach: string }) => [
    address.replace(/^.*\//, ''),
    reach,
  ]);

describe('fedbridge trust audit --live aws', () => {
  it('asks for exports and nothing else, writes nothing, and tells what it asked', async () => {
    const { stdout, stderr, exitCode, calls, left } = await live(awsAnswers, [
      ...['--live', 'aws', '--mine', 'github:octo', '--json'],
    ]);
    expect(exitCode).toBe(3);
    expect(calls).toEqual([
      `${details} --output json`,
      'aws iam list-open-id-connect-providers --output json',
      `aws iam get-open-id-connect-provider --open-id-connect-provider-arn=${arn} --output json`,
    ]);
    expect(left).toEqual([]);
    expect(stderr.split('\n')[0]).toBe(`Asking ${details}`);
    expect(entriesIn(stdout)).toEqual([
      ['open', 'any account'],
      ['sibling', 'named others'],
      ['ours', 'only mine'],
    ]);
    expect(JSON.parse(stdout).entries[0]).toMatchObject({ file: details, access: 'nothing' });
  });

  it('takes profiles and a region as the tool does, and an organization as ours', async () => {
    const as = (profile: string) => ` --profile=${profile} --region=cn-north-1`;
    const answers = Object.fromEntries(
      Object.entries(awsAnswers).flatMap(([command, answer]) =>
        ['prod', 'staging'].map((profile) => [command + as(profile), answer]),
      ),
    );
    const { stdout, stderr, calls } = await live(answers, [
      ...['--live', 'aws', '--profile', 'prod', '--profile', 'staging', '--region', 'cn-north-1', '--organization'],
      ...['--mine', 'github:octo', '--json'],
    ]);
    expect(calls).toHaveLength(8);
    expect(calls.filter((one) => one.includes('--profile=staging --region=cn-north-1'))).toHaveLength(4);
    expect(stderr).not.toContain('failed');
    // Both are the same account here.
    expect(entriesIn(stdout)).toEqual([
      ['open', 'any account'],
      ['ours', 'only mine'],
      ['sibling', 'only mine'],
    ]);
  });

  it('asks for less where all is denied, and says what is not known then', async () => {
    const denied = 'An error occurred (AccessDenied) when calling the operation: not authorized';
    const answers = {
      ...awsAnswers,
      [details]: { denied: `\n${denied}\n` },
      'aws iam list-open-id-connect-providers': { denied: `${denied} with ${token}` },
    };
    const { stdout, stderr, calls } = await live(answers, ['--live', 'aws', '--mine', 'github:octo', '--json']);
    expect(calls.map((one) => one.replace(' --output json', ''))).toEqual([
      details,
      'aws iam list-roles',
      'aws iam list-open-id-connect-providers',
    ]);
    expect(entriesIn(stdout)).toHaveLength(3);
    expect(JSON.parse(stdout).entries[0].access).toBe('unknown');
    expect(stderr).toContain(`"${details}" failed. ${denied} What policies allow is not known.`);
    expect(stderr).toContain('with a token');
    expect(stderr).not.toContain('eyJ');
  });

  it.each([
    ['nobody is signed in', {}, ['--live', 'aws'], 1, '"aws iam list-roles" failed. [UNAVAILABLE]'],
    ['no tool', awsAnswers, ['--live', 'azure'], 1, 'There is no "az" on the path.'],
    ['an option without its tool', awsAnswers, ['--profile', 'prod'], 2, '--profile goes with --live aws.'],
    ['another', awsAnswers, ['--live', 'aws', '--subscription', 'x'], 2, '--subscription goes with --live azure.'],
    ['a third', awsAnswers, ['--live', 'azure', '--organization'], 2, '--organization goes with --live aws.'],
    ['no such cloud', awsAnswers, ['--live', 'gcp'], 2, 'it is aws or azure.'],
  ])('is an error where there is %s', async (title, answers, args, exitCode, message) => {
    const without = title === 'no tool' ? { PATH: '/nowhere' } : {};
    const ended = await live(answers, args, without);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toContain(message);
    expect(ended.exitCode).toBe(exitCode);
  });
});

describe('fedbridge trust audit --live azure', () => {
  it('asks for applications and identities with their federated credentials, and nothing else', async () => {
    const answers = {
      ...azAnswers,
      'az identity federated-credential list --identity-name=agents --resource-group=ci(new)': [],
    };
    expect(Object.keys(answers).every((one) => one.startsWith('az '))).toBe(true);
    const { stdout, stderr, exitCode, calls, left } = await live(answers, [
      ...['--live', 'azure', '--mine', 'github:octo', '--json'],
    ]);
    expect(exitCode).toBe(3);
    const suffix = ' --output json --only-show-errors';
    expect(calls.sort()).toEqual(
      Object.keys(answers)
        .map((one) => one + suffix)
        .sort(),
    );
    expect(left).toEqual([]);
    expect(entriesIn(stdout)).toEqual([
      ['agents-2', 'named others'],
      ['deployer', 'only mine'],
    ]);
    expect(stderr).toContain(`Asking az ad app federated-credential list --id=${application}, and so for each of 2\n`);
  });

  it.each(['--help', '@/etc/passwd', 'a b', ''])('does not ask about an identity that is called %j', async (name) => {
    const [command = ''] = Object.keys(azAnswers).filter((one) => one.startsWith('az identity list'));
    const answers = { ...azAnswers, [command]: [{ id: '/x', name, resourceGroup: 'ci' }] };
    const { exitCode, stderr, calls } = await live(answers, ['--live', 'azure']);
    expect({ exitCode, last: calls.at(-1)?.startsWith(command) }).toEqual({ exitCode: 1, last: true });
    expect(stderr).toContain('is of no known form. [UNAVAILABLE]');
  });

  it('takes subscriptions, and ends where one is denied: less than all is no audit', async () => {
    const answers = Object.fromEntries(
      Object.entries(azAnswers).map(([command, answer]) => [
        command.startsWith('az ad ') ? command : `${command} --subscription=ci`,
        answer,
      ]),
    );
    const { stdout, stderr, exitCode } = await live(answers, ['--live', 'azure', '--subscription', 'ci', '--json']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('"az identity federated-credential list --identity-name=agents');
    expect(stderr).toContain('is not allowed');
  });
});
