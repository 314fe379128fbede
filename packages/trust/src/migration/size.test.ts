import { describe, expect, it } from 'vitest';
import { connectionJob } from '../job.ts';
import { migrateFederatedCredentials } from './federated-credentials.ts';
import type { Migration } from './migration.ts';
import { migrateTrustPolicy } from './trust-policy.ts';

const hub = 'token.actions.githubusercontent.com';
const devOps = 'vstoken.dev.azure.com/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
const ids = { owner: 'octo', repository: 'app', ownerId: '1', repositoryId: '2' };
const migrations: readonly Migration[] = [
  { kind: 'immutable-subjects', ...ids },
  { kind: 'immutable-subjects', ...ids, owner: `octo${'a'.repeat(35)}`, repository: 'a'.repeat(100) },
  {
    ...{ kind: 'entra-issuer', oldSubject: 'sc://contoso/web/aws' },
    to: connectionJob('https://login.microsoftonline.com/1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9/v2.0', '/eid1/c/x'),
  },
];

/** 100 kB of one value. */
const long: Readonly<Record<string, string>> = {
  'stars and letters': '*a'.repeat(50_000),
  stars: '*'.repeat(100_000),
  'stars that are none': '${*}'.repeat(25_000),
  'question marks': '?'.repeat(100_000),
  'a star and question marks': `*${'?'.repeat(100_000)}`,
  'stars and question marks': '*?'.repeat(50_000),
  'the repository again and again': 'repo:octo/app:'.repeat(7_000),
  'stars and the repository': '*:repo:octo/app'.repeat(6_700),
  'a pattern of the repository, and anything': `*/app:${'*a'.repeat(50_000)}`,
  'variables that do not end': '${'.repeat(50_000),
  'variables that do not end, and letters': '${a'.repeat(33_000),
  'variables of nothing': '${}'.repeat(33_000),
  'a variable of blanks': `\${${' '.repeat(100_000)},x}`,
  'letters that lower case makes longer': 'İ'.repeat(50_000),
  'a connection again and again': 'sc://contoso/web/aws'.repeat(5_000),
};

const listOf = (length: number, value: (index: number) => string) => Array.from({ length }, (_, index) => value(index));
/** 100 kB of many values. */
const many: Readonly<Record<string, readonly string[]>> = {
  letters: listOf(25_000, (index) => index.toString(36)),
  patterns: listOf(14_000, (index) => `*${index.toString(36)}`),
  subjects: listOf(3_000, (index) => `repo:octo/app:environment:${index}`),
  'patterns of subjects': listOf(4_000, (index) => `repo:octo/a*:${index}`),
  'spellings of the repository': listOf(
    6_000,
    (index) =>
      `repo:${[...'octo/app'].map((unit, at) => ((index >> at) & 1 ? unit.toUpperCase() : unit)).join('')}:${index}`,
  ),
  connections: listOf(4_000, (index) => `sc://contoso/web/${index}`),
};

const statement = (effect: string, issuer: string, condition: object) => ({
  ...{ Effect: effect, Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${issuer}` } },
  ...{ Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition },
});

const policies: Readonly<Record<string, readonly object[]>> = {
  'many statements': listOf(500, String).map((index) =>
    statement(Number(index) % 2 ? 'Allow' : 'Deny', Number(index) % 3 ? hub : devOps, {
      StringLike: { [`${hub}:sub`]: `repo:octo/app:${index}`, [`${devOps}:sub`]: 'sc://contoso/web/aws' },
    }),
  ),
  'many issuers': [
    statement('Allow', devOps, {
      StringEquals: Object.fromEntries(
        listOf(1_000, (index) => devOps.replace('0a1b', String(index).padStart(4, '0'))).map((issuer) => [
          `${issuer}:sub`,
          'sc://contoso/web/aws',
        ]),
      ),
    }),
  ],
  'many issuers that nobody knows': [
    statement('Allow', devOps, {
      StringLike: Object.fromEntries(listOf(3_000, (index) => `a${index}.example:sub`).map((key) => [key, 'sc://*'])),
    }),
  ],
  'many providers': [
    {
      ...statement('Allow', devOps, { StringEquals: { [`${devOps}:sub`]: 'sc://contoso/web/aws' } }),
      Principal: {
        Federated: listOf(1_000, (index) => `arn:aws:iam::${100_000_000_000 + index}:oidc-provider/${devOps}`),
      },
    },
  ],
};

describe('100 kB of anything are migrated in a second, or said to be too much', () => {
  for (const [title, value] of Object.entries(long)) it(title, () => migrateAll([value]));
  for (const [title, values] of Object.entries(many)) it(`many ${title}`, () => migrateAll(values));
  for (const [title, statements] of Object.entries(policies)) it(title, () => migratePolicy(statements));
});

function migrateAll(values: readonly string[]): void {
  for (const [effect, operator] of [
    ['Allow', 'StringLike'],
    ['Deny', 'StringEqualsIgnoreCase'],
  ] as const)
    for (const issuer of [hub, devOps])
      migratePolicy([statement(effect, issuer, { [operator]: { [`${issuer}:sub`]: values } })]);
  const value = `claims['sub'] matches '${values[0]}' and claims['repository_id'] eq '2'`;
  const list = [
    ...values.map((subject) => ({ subject })),
    { claimsMatchingExpression: { value, languageVersion: 1 } },
  ].map((one) => ({ issuer: `https://${hub}`, audiences: ['api://AzureADTokenExchange'], ...one }));
  for (const migration of migrations) expectQuick(() => migrateFederatedCredentials(list, migration, false), 'list');
}

function migratePolicy(statements: readonly object[]): void {
  const policy = { Version: '2012-10-17', Statement: statements };
  for (const migration of migrations)
    for (const finish of [false, true])
      expectQuick(() => migrateTrustPolicy(policy, migration, finish), `${migration.kind}, finish: ${finish}`);
}

/** A second of CPU time, and five for a machine that is slow or shares its caches: what takes the square of its input takes minutes. */
function expectQuick(work: () => void, title: string): void {
  const before = process.cpuUsage();
  try {
    work();
  } catch (error) {
    expect(error).toMatchObject({ code: 'INPUT_INVALID' });
  }
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000_000, title).toBeLessThan(5);
}
