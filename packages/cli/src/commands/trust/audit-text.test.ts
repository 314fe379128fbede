import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stillSystem } from '../../../../../test/harness/still-system.ts';
import { runCli } from '../../cli.ts';
import { Terminal } from '../../terminal.ts';

/** What a person sees in a colour. */
class Seen extends Terminal {
  readonly lines: string[] = [];
  override print(line: string, colour?: string): void {
    this.lines.push(`${colour ?? 'plain'}: ${line}`);
  }
}

const hub = 'token.actions.githubusercontent.com';
const devOps = 'vstoken.dev.azure.com/0f4b1b0c-6a1f-4e0e-9f3c-2f4d8f6f7a10';
const role = (name: string, issuer: string, subject: string) => ({
  Arn: `arn:aws:iam::123456789012:role/${name}`,
  AssumeRolePolicyDocument: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${issuer}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { [`${issuer}:aud`]: issuer === hub ? 'sts.amazonaws.com' : 'api://AzureADTokenExchange' },
          StringLike: { [`${issuer}:sub`]: subject },
        },
      },
    ],
  },
  RolePolicyList: [{ PolicyDocument: { Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' } } }],
  AttachedManagedPolicies: [],
});

/** What is printed of roles on the 26th of November 2026, to whom GitHub's owner octo is his own. */
async function seen(roles: readonly object[], others: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'audit-text-'));
  const files = { 'roles.json': JSON.stringify({ RoleDetailList: roles }), ...others };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const terminal = new Seen({ ...process, stdout: process.stdout, stderr: process.stderr } as NodeJS.Process);
  const paths = Object.keys(files).map((name) => join(folder, name));
  await runCli(
    ['trust', 'audit', ...paths, '--mine', 'github:octo'],
    terminal,
    stillSystem({ now: () => Date.parse('2026-11-26') }),
  );
  return terminal.lines.map((line) => line.replaceAll(folder, ''));
}

const roles = [
  role('all', hub, 'repo:*'),
  role('mine', hub, 'repo:octo/app:*'),
  role('theirs', hub, 'repo:acme@1/app@2:ref:refs/heads/main'),
  role('pipeline', devOps, 'sc://contoso/web/deploy'),
  { ...role('bad', hub, 'x'), AssumeRolePolicyDocument: { Statement: 7 } },
];

it('who is allowed is in a colour by how far that reaches, and what is not known in that of a warning', async () => {
  const rows = (await seen(roles)).filter((line) => /^\w+: (access|read) /.test(line));
  expect(rows.map((line) => line.replace(/^(\w+): (?:access|\w+ +arn:\S+\/(\w+)) .*/, '$1 $2').trim())).toEqual([
    ...['dim', 'red all', 'yellow bad', 'yellow theirs', 'yellow pipeline', 'green mine'],
  ]);
});

it('problems are in the colour of their severity', async () => {
  const problems = (await seen(roles)).filter((line) => /^\w+: (error|warning|note) /.test(line));
  expect(new Set(problems.map((line) => line.split(' ', 2).join(' ')))).toEqual(
    new Set(['red: error', 'yellow: warning', 'dim: note']),
  );
});

it('what has stopped is in another colour than what will', async () => {
  const endings = (await seen(roles)).filter((line) => /\d{4}-\d\d-\d\d: /.test(line));
  expect(endings.map((line) => line.slice(0, line.indexOf(':', line.indexOf('-'))))).toEqual([
    ...['red: since 2026-07-15', 'yellow: 2027-07-01'],
  ]);
});

it('that something was not read is said, in a colour, and only then', async () => {
  const notRead = 'yellow: Of what was not read nothing is known.';
  expect(await seen(roles, { 'broken.json': '{' })).toContain(notRead);
  expect(await seen(roles)).not.toContain(notRead);
});
