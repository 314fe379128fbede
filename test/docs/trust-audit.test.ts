import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../harness/cli.ts';
import { root } from '../harness/process.ts';

const hub = 'token.actions.githubusercontent.com';
const account = '123456789012';

/** An account as `aws iam get-account-authorization-details` prints it. */
const details = {
  UserDetailList: [],
  GroupDetailList: [],
  RoleDetailList: [
    role('report', 's3:GetObject', byToken({ [`${hub}:sub`]: 'repo:octo/app:ref:refs/heads/main' })),
    role('release', '*', byToken({}, { StringLike: { [`${hub}:sub`]: 'repo:octo*' } })),
    role('partner', 's3:PutObject', byToken({ [`${hub}:sub`]: 'repo:acme@7/app@8:environment:production' })),
    role('tasks', 's3:GetObject', { Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }),
  ],
  Policies: [],
  IsTruncated: false,
};

it('an audit prints what the page shows, at the places that it names', async () => {
  const page = readFileSync(join(root, 'docs', 'trust.md'), 'utf8');
  const [, command = '', shown = ''] = /```console\n\$ fedbridge (trust audit [^\n]*)\n([\s\S]*?)```/.exec(page) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'audit-'));
  writeFileSync(join(folder, 'account.json'), JSON.stringify(details, null, 4));
  expect(shown).not.toBe('');
  const { stdout } = await runCommand(command.split(' '), {}, folder);
  const printed = stdout.split('\n');
  for (const [at, line] of shown.split('\n').entries()) {
    const [begin = '', isCut] = line.split(/(?<=: )…$/);
    expect(printed[at]).toEqual(isCut === undefined ? line : expect.stringContaining(begin));
  }
  expect(printed).toHaveLength(shown.split('\n').length);
});

function byToken(equals: object, more: object = {}): object {
  return {
    Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${hub}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com', ...equals }, ...more },
  };
}

function role(name: string, action: string, trust: object): object {
  const policy = (statement: object) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
  return {
    Path: '/',
    RoleName: name,
    RoleId: 'AROAEXAMPLE',
    Arn: `arn:aws:iam::${account}:role/${name}`,
    CreateDate: '2026-01-01T00:00:00+00:00',
    AssumeRolePolicyDocument: policy(trust),
    RolePolicyList: [{ PolicyName: 'own', PolicyDocument: policy({ Action: action, Resource: '*' }) }],
    AttachedManagedPolicies: [],
  };
}
