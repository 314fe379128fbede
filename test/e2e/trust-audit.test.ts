/**
 * Tests as well:
 * - packages/cli/src/commands/trust/audit-print.ts
 * - packages/cli/src/commands/trust/audit-text.ts
 * - packages/cli/src/commands/trust/audit.ts
 * - packages/trust/src/audit/audit-entry.ts
 * - packages/trust/src/audit/audit-findings.ts
 */

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from 'sarif';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../harness/cli.ts';
import { root } from '../harness/process.ts';
import { sarifErrors } from '../harness/sarif.ts';

const folder = mkdtempSync(join(tmpdir(), 'audit-'));
const account = '123456789012';
const hub = 'token.actions.githubusercontent.com';
const devOps = 'vstoken.dev.azure.com/00000000-0000-4000-8000-000000000001';
const cluster = 'oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E';
const mine = ['--mine', 'github:octo', '--mine', 'azure-pipelines:contoso', '--mine', `account:${account}`];
const tokenExchange = 'api://AzureADTokenExchange';

const fedbridge = (args: readonly string[], input?: string) =>
  runCommand(['trust', 'audit', ...args], {}, folder, input);
const arn = (name: string) => `arn:aws:iam::${account}:role/${name}`;

function trust(principal: unknown, action: string, condition?: object) {
  const statement = { Effect: 'Allow', Principal: principal, Action: action };
  return { Version: '2012-10-17', Statement: [condition ? { ...statement, Condition: condition } : statement] };
}
const byToken = (issuer: string, subject: string, audience = 'sts.amazonaws.com') =>
  trust({ Federated: `arn:aws:iam::${account}:oidc-provider/${issuer}` }, 'sts:AssumeRoleWithWebIdentity', {
    StringEquals: { [`${issuer}:aud`]: audience },
    StringLike: { [`${issuer}:sub`]: subject },
  });
const permissions = (...actions: readonly string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
});

function role(name: string, trustPolicy: object, inline: readonly object[] = [], attached: readonly string[] = []) {
  return {
    RoleName: name,
    Arn: arn(name),
    AssumeRolePolicyDocument: trustPolicy,
    RolePolicyList: inline.map((one, index) => ({ PolicyName: `p${index}`, PolicyDocument: one })),
    AttachedManagedPolicies: attached.map((one) => ({ PolicyName: one.replace(/^.*\//, ''), PolicyArn: one })),
  };
}

const [read, write] = [permissions('s3:GetObject', 'ec2:Describe*'), permissions('s3:PutObject')];
const deployer = `arn:aws:iam::${account}:policy/deployer`;
const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess';

/** An account as `aws iam get-account-authorization-details` prints it. */
const details = {
  UserDetailList: [],
  GroupDetailList: [],
  RoleDetailList: [
    role('ours', byToken(hub, 'repo:octo@65001/app@724113:ref:refs/heads/main'), [permissions('*')]),
    role('lambda', trust({ Service: 'lambda.amazonaws.com' }, 'sts:AssumeRole'), [write]),
    role('open-read', byToken(hub, 'repo:octo*'), [read]),
    role('partner', byToken(hub, 'repo:acme@7/app@8:environment:production'), [], [deployer]),
    role('open-admin', byToken(hub, 'repo:octo*'), [], ['arn:aws:iam::aws:policy/AdministratorAccess']),
    role('vendor', trust({ AWS: 'arn:aws:iam::210987654321:root' }, 'sts:AssumeRole'), [permissions('iam:*')]),
    role('within', trust({ AWS: `arn:aws:iam::${account}:root` }, 'sts:AssumeRole'), [], [readOnly]),
    role('pod', byToken(cluster, 'system:serviceaccount:web:app'), [write]),
    role('connection', byToken(devOps, 'sc://contoso/web/aws-prod', tokenExchange), [read]),
    role('names', byToken(hub, 'repo:octo/app:environment:production'), [write]),
    role('gone', byToken('gitlab.com', 'project_path:acme/*'), [permissions('*')]),
    role('idle', trust('*', 'sts:AssumeRole'), []),
  ],
  Policies: [
    {
      Arn: deployer,
      PolicyVersionList: [
        { VersionId: 'v1', IsDefaultVersion: false, Document: permissions('*') },
        { VersionId: 'v2', IsDefaultVersion: true, Document: write },
      ],
    },
  ],
};
const listed = {
  OpenIDConnectProviderList: [hub, devOps, cluster].map((one) => ({
    Arn: `arn:aws:iam::${account}:oidc-provider/${one}`,
  })),
};

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content, null, 4));
  return path;
}
const files = [file('account.json', details), file('providers.json', listed)];

interface Entry {
  readonly address: string;
  readonly access: string;
  readonly reach: string | null;
}
const told = ({ address, access, reach }: Entry) => [address.replace(/^.*\//, ''), access, reach];

describe('fedbridge trust audit', () => {
  it('tells who is allowed by each role, and what that is worth, the worst first', async () => {
    const { exitCode, stdout, stderr } = await fedbridge([...files, ...mine, '--json']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: '' });
    const { version, entries, deprecations } = JSON.parse(stdout);
    expect(version).toBe(2);
    expect(entries.map(told)).toEqual([
      ['open-admin', 'admin', 'any account'],
      ['open-read', 'read', 'any account'],
      ['idle', 'nothing', 'any account'],
      ['vendor', 'admin', 'named others'],
      ['partner', 'write', 'named others'],
      ['pod', 'write', 'named others'],
      ['ours', 'admin', 'only mine'],
      ['within', 'unknown', 'only mine'],
      ['lambda', 'write', 'only mine'],
      ['names', 'write', 'only mine'],
      ['connection', 'read', 'only mine'],
      ['gone', 'admin', 'nobody'],
    ]);
    const of = (name: string) => entries.find(({ address }: Entry) => address === arn(name));
    expect(of('lambda')).toMatchObject({
      services: ['lambda.amazonaws.com'],
      sentence: 'Only services of AWS that act for the account of the role are allowed.',
    });
    expect(of('within').missingPolicies).toEqual([readOnly]);
    expect(of('gone').missingProviders).toEqual([`arn:aws:iam::${account}:oidc-provider/gitlab.com`]);
    expect(of('open-admin')).toMatchObject({
      exact: true,
      sentence: 'Anybody with an account at GitHub Actions is allowed.',
    });
    const dates = deprecations.map(({ ends, address, subject }: Record<string, string>) => [ends, address, subject]);
    expect(dates).toEqual([
      ['2026-07-15', arn('names'), 'repo:octo/app:environment:production'],
      ['2027-07-01', arn('connection'), 'sc://contoso/web/aws-prod'],
    ]);
    // The evaluator says the same of the example.
    const claims = file('claims.json', of('open-admin').admitted[0].witness.claims);
    const policy = file('policy.json', byToken(hub, 'repo:octo*'));
    expect(await runCommand(['trust', 'test', policy, '--claims', claims], {}, folder)).toMatchObject({ exitCode: 0 });
  });

  it('prints a table, findings by severity and dates for who reads it', async () => {
    const { stdout } = await fedbridge([...files, ...mine]);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('Others than yours are allowed by 6 of 12 roles and identities, anybody by 3.');
    const width = arn('open-admin').length;
    expect(lines.slice(2, 5)).toEqual([
      `access   ${'role or identity'.padEnd(width)}  who is allowed`,
      `admin    ${arn('open-admin')}  Anybody with an account at GitHub Actions is allowed.`,
      expect.stringMatching(/^ +for example repo:octo[^/]+\//),
    ]);
    expect(stdout).toContain('Not listed: 2 that allow nobody, or services of AWS alone.');
    expect(stdout).toContain(`  In no file is ${readOnly}. (1)\n`);
    expect(stdout).toContain(`by which nobody is allowed: arn:aws:iam::${account}:oidc-provider/gitlab.com.`);
    const severities = lines.flatMap((line) => /^(error|warning|note) /.exec(line)?.[1] ?? []);
    expect(severities).toEqual([...severities].sort((one, other) => order.indexOf(one) - order.indexOf(other)));
    expect(new Set(severities)).toEqual(new Set(order));
    expect(lines.filter((line) => /^(since )?\d{4}-/.test(line)).map((line) => line.slice(0, 16))).toEqual([
      'since 2026-07-15',
      '2027-07-01: the ',
    ]);
  });

  it('prints SARIF in which each role with others is a result, beside what lint found', async () => {
    const { exitCode, stdout } = await fedbridge([...files, ...mine, '--format', 'sarif']);
    expect(exitCode).toBe(3);
    const log = JSON.parse(stdout);
    expect(sarifErrors(log)).toEqual([]);
    const { results } = log.runs[0];
    const audited = results.filter(({ ruleId }: Result) => ruleId?.startsWith('audit/'));
    const names = audited.map(({ ruleId, locations }: Result) => [
      ruleId,
      locations?.[0]?.logicalLocations?.[0]?.fullyQualifiedName?.replace(/^[^ ]*\/([\w-]+).*$/, '$1'),
    ]);
    expect(names).toEqual([
      ...['open-admin', 'open-read', 'idle'].map((name) => ['audit/anybody', name]),
      ...['vendor', 'partner', 'pod'].map((name) => ['audit/others', name]),
      ['audit/unknown-access', 'within'],
      ['audit/missing-provider', 'gone'],
    ]);
    expect(results.length).toBeGreaterThan(audited.length);
    const line = JSON.stringify(details, null, 4)
      .split('\n')
      .findIndex((one) => one.includes(arn('open-admin')));
    expect(audited[0].locations[0].physicalLocation).toMatchObject({ region: { startLine: line + 2 } });
    expect(audited[0].message.text).toMatch(/^Anybody with .* For example repo:.* Its policies allow: admin\. /);
  });

  it('prints SARIF that code scanning takes, whatever the file', async () => {
    const documents = join(root, 'test', 'documents');
    const { stdout } = await fedbridge([documents, ...mine, '--format', 'sarif']);
    const log = JSON.parse(stdout);
    expect(sarifErrors(log)).toEqual([]);
    expect(log.runs[0].results.length).toBeGreaterThan(30);
  });

  it('reads tenants, plans in folders and standard input, and says what it could not read', async () => {
    const plans = join(folder, 'plans');
    mkdirSync(plans);
    const planned = (values: object) => ({
      format_version: '1.2',
      planned_values: { root_module: { resources: [{ address: 'aws_iam_role.late', type: 'aws_iam_role', values }] } },
      resource_changes: [{ address: 'aws_iam_role.late', change: { after_unknown: { assume_role_policy: true } } }],
    });
    file('plans/plan.json', planned({ name: 'late' }));
    writeFileSync(join(plans, 'notes.json'), '{"nothing": "of it"}');
    const tenant = {
      value: [
        {
          displayName: 'deployer',
          federatedIdentityCredentials: [
            {
              name: 'main',
              issuer: `https://${hub}`,
              subject: 'repo:octo@65001/app@724113:ref:refs/heads/main',
              audiences: [tokenExchange],
            },
          ],
        },
      ],
    };
    const { exitCode, stdout } = await fedbridge(['-', plans, ...mine, '--json'], JSON.stringify(tenant));
    expect(JSON.parse(stdout).entries.map(told)).toEqual([
      ['aws_iam_role.late', 'unknown', null],
      ['deployer', 'unknown', 'only mine'],
    ]);
    expect(exitCode).toBe(2);
  });

  it.each<[string, object]>([
    ['of aws, cut by --max-items', { NextToken: 'eyJ...' }],
    ['of aws, cut by --no-paginate', { IsTruncated: true, Marker: 'x' }],
    ['of the API, that has no marker', { IsTruncated: true }],
    ['of Microsoft Graph', { '@odata.nextLink': 'https://graph.microsoft.com/v1.0/applications?x' }],
    [
      'of Microsoft Graph, in an application',
      { value: [{ 'federatedIdentityCredentials@odata.nextLink': 'https://graph.microsoft.com/v1.0/applications/x' }] },
    ],
    ['of Azure Resource Manager', { nextLink: 'https://management.azure.com/x' }],
  ])('says in every format that a list is one page: %s', async (_, next) => {
    const ours = role('ours', byToken(hub, 'repo:octo@65001/app@724113:ref:refs/heads/main'));
    const part = file('part.json', { Roles: [ours], ...next });
    const formats = ['text', 'json', 'sarif', 'html'];
    const answers = await Promise.all(formats.map((format) => fedbridge([part, ...mine, '--format', format])));
    for (const { exitCode, stderr } of answers) expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
    const [text = '', json = '', sarif = '', html = ''] = answers.map(({ stdout }) => stdout);
    expect(text).toContain('Of what was not read nothing is known.\n');
    expect(text).toMatch(/^warning audit\/incomplete: .*\n {2}.*part\.json:1:1: /m);
    const [first] = JSON.parse(json).findings;
    expect(first).toMatchObject({ rule: 'audit/incomplete', severity: 'warning', file: part });
    expect(JSON.parse(sarif).runs[0].results[0]).toMatchObject({ ruleId: 'audit/incomplete', level: 'warning' });
    expect(sarifErrors(JSON.parse(sarif))).toEqual([]);
    expect(html).toContain('<code>audit/incomplete</code>');
  });

  it('takes a list for whole that says so', async () => {
    const ours = role('ours', byToken(hub, 'repo:octo@65001/app@724113:ref:refs/heads/main'));
    const all = file('all.json', { Roles: [ours], IsTruncated: false, NextToken: null, nextLink: '' });
    expect(await fedbridge([all, ...mine])).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('tells in every format which file it could not read, and does the others', async () => {
    const ours = role('ours', byToken(hub, 'repo:octo@65001/app@724113:ref:refs/heads/main'));
    const whole = file('whole.json', { Roles: [ours] });
    writeFileSync(join(folder, 'broken.json'), '{"Roles": [,]}');
    const names = [join(folder, 'broken.json'), join(folder, 'nowhere.json'), whole];
    const formats = ['text', 'json', 'sarif', 'html'];
    const answers = await Promise.all(formats.map((format) => fedbridge([...names, ...mine, '--format', format])));
    for (const { exitCode, stderr } of answers) expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
    const [text = '', json = '', sarif = '', html = ''] = answers.map(({ stdout }) => stdout);
    expect(text).toContain('broken.json:1:12: Reading it ended: ');
    expect(text).toContain('nowhere.json:1:1: ');
    const { entries, findings } = JSON.parse(json);
    expect(entries).toMatchObject([{ address: arn('ours'), reach: 'only mine' }]);
    const unread = ['read/not-read', 'read/not-read'];
    expect(findings.slice(0, 2).map(({ rule }: { rule: string }) => rule)).toEqual(unread);
    const results: { ruleId: string }[] = JSON.parse(sarif).runs[0].results;
    expect(results.slice(0, 2).map(({ ruleId }) => ruleId)).toEqual(unread);
    expect(html).toContain('<code>read/not-read</code>');
    expect(html).toContain(arn('ours'));
    const alone = await fedbridge([names[0] ?? '', ...mine]);
    expect(alone).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('broken.json:1:12: ') });
  });

  it('has no fault to find where all is ours, and says so by its exit code', async () => {
    const ours = file('ours.json', {
      Roles: [role('ours', byToken(hub, 'repo:octo@65001/app@724113:ref:refs/heads/main'))],
    });
    expect(await fedbridge([ours, ...mine])).toMatchObject({ exitCode: 0, stderr: '' });
    const { exitCode, stderr } = await fedbridge([files[1] ?? '']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'No role and no identity is in these files. [INPUT_INVALID]\n',
    });
  });
});

const order = ['error', 'warning', 'note'];
