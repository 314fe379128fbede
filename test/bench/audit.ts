/**
 * An audit of a large account: CPU and peak memory of the command from its start to its end, beside what Node needs to parse the same file
 * and nothing else, in the same rounds.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cliScript } from '../harness/cli.ts';
import { machineEnvironment } from '../harness/process.ts';
import { machine, median, table, writeFigures } from './pages.ts';

const rounds = 5;
const account = '123456789012';
const hub = 'token.actions.githubusercontent.com';
const cluster = 'oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E';

const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
const usageFile = join(scratch, 'usage.json');
const environment = {
  ...machineEnvironment(scratch),
  NODE_OPTIONS: `--import=${join(import.meta.dirname, 'usage.mjs')}`,
  USAGE_FILE: usageFile,
};

const sizes = [1_000, 10_000].map((roles) => {
  const file = join(scratch, `${roles}.json`);
  // As the AWS CLI prints it.
  writeFileSync(file, JSON.stringify(accountOf(roles), null, 4));
  return { roles, file, audits: [] as Cost[], parses: [] as Cost[] };
});
const audit = [cliScript, 'trust', 'audit', '--json', '--mine', 'github:octo', '--mine', `account:${account}`];
for (let round = 0; round < rounds; round += 1) {
  for (const { file, audits, parses } of sizes) {
    audits.push(cost([...audit, file], 3));
    parses.push(cost(['--eval', `JSON.parse(require("fs").readFileSync(${JSON.stringify(file)}, "utf8"))`], 0));
  }
}

const rows = sizes.map(({ roles, file, audits, parses }) => {
  const at = (of: keyof Cost, all: readonly Cost[]) => median(all.map((one) => one[of]));
  const cpu = at('cpuMs', audits);
  return [
    `${roles} roles, ${(statSync(file).size / 1e6).toFixed(0)} MB`,
    `${(cpu / 1000).toFixed(1)} s`,
    `${(cpu / roles).toFixed(2)} ms`,
    `${(cpu / at('cpuMs', parses)).toFixed(1)} ×`,
    `${Math.round(at('kB', audits) / 1000)} MB`,
  ];
});
const head = ['', 'CPU', 'for one role', 'as much as `JSON.parse` alone', 'peak memory'];
writeFigures('performance.md', 'audit', `${machine()}\n\n${table(head, rows)}`);

interface Cost {
  readonly cpuMs: number;
  readonly kB: number;
}

function cost(args: readonly string[], exitCode: number): Cost {
  const { status, stderr } = spawnSync(process.execPath, args, {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== exitCode) throw new Error(stderr);
  return JSON.parse(readFileSync(usageFile, 'utf8')) as Cost;
}

/** Of twenty roles eleven are of services, three of other accounts, three of service accounts, and three of repositories. */
function accountOf(roles: number) {
  return {
    UserDetailList: [],
    GroupDetailList: [],
    RoleDetailList: Array.from({ length: roles }, (_, index) => roleDetail(index)),
    Policies: Array.from({ length: 300 }, (_, index) => ({
      PolicyName: `p${index}`,
      Arn: `arn:aws:iam::${account}:policy/p${index}`,
      DefaultVersionId: 'v1',
      PolicyVersionList: [
        {
          VersionId: 'v1',
          IsDefaultVersion: true,
          Document: permissions(index % 3 ? 's3:GetObject' : 's3:*', `p${index}`),
        },
      ],
    })),
  };
}

function roleDetail(index: number) {
  return {
    Path: '/',
    RoleName: `role-${index}`,
    RoleId: `AROA${String(index).padStart(17, '0')}`,
    Arn: `arn:aws:iam::${account}:role/role-${index}`,
    CreateDate: '2026-01-02T03:04:05+00:00',
    AssumeRolePolicyDocument: trustOf(index),
    InstanceProfileList: [],
    RolePolicyList: [{ PolicyName: 'own', PolicyDocument: permissions('dynamodb:PutItem', `t${index}`) }],
    AttachedManagedPolicies: [1, 7].map((step) => ({
      PolicyName: `p${(index * step) % 300}`,
      PolicyArn: `arn:aws:iam::${account}:policy/p${(index * step) % 300}`,
    })),
    Tags: [{ Key: 'team', Value: `team-${index % 40}` }],
    RoleLastUsed: { LastUsedDate: '2026-11-20T00:00:00+00:00', Region: 'eu-central-1' },
  };
}

function trustOf(index: number) {
  const kind = index % 20;
  if (kind < 11)
    return trust({ Service: `${['lambda', 'ec2', 'ecs-tasks'][kind % 3]}.amazonaws.com` }, 'sts:AssumeRole');
  if (kind < 14) return trust({ AWS: `arn:aws:iam::${index % 7 ? account : '210987654321'}:root` }, 'sts:AssumeRole');
  // Each service account has a role of its own, each repository six.
  if (kind < 17) return federated(cluster, `system:serviceaccount:team-${index % 40}:app-${index}`);
  const repository = Math.floor(index / 40);
  return federated(hub, `repo:${repository % 50 ? 'octo' : 'acme'}/app-${repository}:environment:production`);
}

function federated(issuer: string, subject: string) {
  return trust({ Federated: `arn:aws:iam::${account}:oidc-provider/${issuer}` }, 'sts:AssumeRoleWithWebIdentity', {
    Condition: { StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com', [`${issuer}:sub`]: subject } },
  });
}

function trust(principal: object, action: string, more: object = {}) {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: action, ...more }],
  };
}

function permissions(action: string, name: string) {
  const resource = `arn:aws:dynamodb:eu-central-1:${account}:table/${name}`;
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: [action, 'dynamodb:GetItem'], Resource: resource },
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' },
    ],
  };
}
