/**
 * The emulator's IAM, asked by the AWS SDK.
 *
 * Tests as well:
 * - packages/emulator/src/iam/accounts.ts
 * - packages/emulator/src/iam/iam-request.ts
 * - packages/emulator/src/iam/oidc-providers.ts
 * - packages/emulator/src/iam/role-policies.ts
 * - packages/emulator/src/iam/roles.ts
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, type Setup, startEmulator } from '@fedbridge/emulator';
import IAM from 'aws-sdk/clients/iam.js';
import { describe, expect, it } from 'vitest';
import { ids } from '../harness/setup.ts';

const { account } = ids;
const hub = 'token.actions.githubusercontent.com';
const provider = `arn:aws:iam::${account}:oidc-provider/${hub}`;
const policyFor = (subject: string, more: object = {}) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: provider },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com', [`${hub}:sub`]: subject } },
      ...more,
    },
  ],
});
const main = policyFor('repo:octo/app:ref:refs/heads/main');
const setup = (roles: NonNullable<Setup['accounts']>[number]['roles'] = []): Setup => ({
  accounts: [
    { id: account, oidcProviders: [], roles },
    { id: account, partition: 'aws-cn', oidcProviders: [], roles: [] },
  ],
});

/** A client of somebody who is signed in to the first account. */
function clientOf(emulator: Emulator, { AWS_SECRET_ACCESS_KEY: secret = '' } = {}): IAM {
  const { AWS_ACCESS_KEY_ID = '', ...given } = emulator.signInToAws(account).environment;
  return new IAM({
    endpoint: emulator.urls.iam,
    region: 'us-east-1',
    maxRetries: 0,
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: secret || given.AWS_SECRET_ACCESS_KEY || '',
      sessionToken: given.AWS_SESSION_TOKEN ?? '',
    },
  });
}

type Call = (iam: IAM) => { promise(): Promise<unknown> };

async function problemOf(iam: IAM, call: Call): Promise<string> {
  return call(iam)
    .promise()
    .then(
      () => 'done',
      (error: { code: string; statusCode: number; message: string }) =>
        `${error.statusCode} ${error.code}: ${error.message}`,
    );
}

const url = `https://${hub}`;
const json = (document: unknown) => JSON.stringify(document);
const create = (document: unknown, RoleName = 'other'): Call => {
  return (iam) => iam.createRole({ RoleName, AssumeRolePolicyDocument: json(document) });
};

describe("the emulator's IAM", () => {
  it('makes providers and roles, and tells of them as IAM does', async () => {
    await using emulator = await startEmulator({ setup: setup(), names: 'real' });
    const iam = clientOf(emulator);
    const made = await iam.createOpenIDConnectProvider({ Url: url, ClientIDList: ['sts.amazonaws.com'] }).promise();
    expect(made.OpenIDConnectProviderArn).toBe(provider);
    for (const ClientID of ['other', 'other'])
      await iam.addClientIDToOpenIDConnectProvider({ OpenIDConnectProviderArn: provider, ClientID }).promise();
    expect(await iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn: provider }).promise()).toMatchObject({
      Url: hub,
      ClientIDList: ['sts.amazonaws.com', 'other'],
      CreateDate: expect.any(Date),
    });
    const listed = await iam.listOpenIDConnectProviders().promise();
    expect(listed.OpenIDConnectProviderList).toEqual([{ Arn: provider }]);

    const { Role } = await iam
      .createRole({
        ...{ RoleName: 'deploy', Path: '/ci/', Description: 'a <b> & c', MaxSessionDuration: 7200 },
        AssumeRolePolicyDocument: json(main),
      })
      .promise();
    const arn = `arn:aws:iam::${account}:role/ci/deploy`;
    expect(Role).toMatchObject({
      Arn: arn,
      Path: '/ci/',
      RoleId: expect.stringMatching(/^AROA/),
      Description: 'a <b> & c',
    });
    const found = await iam.getRole({ RoleName: 'deploy' }).promise();
    expect({ ...found.Role, RoleLastUsed: undefined }).toEqual({ ...Role, RoleLastUsed: undefined });
    expect(JSON.parse(decodeURIComponent(found.Role.AssumeRolePolicyDocument ?? ''))).toEqual(main);

    const PolicyArn = 'arn:aws:iam::aws:policy/service-role/Example';
    for (const _ of [1, 2]) await iam.attachRolePolicy({ RoleName: 'deploy', PolicyArn }).promise();
    expect((await iam.listAttachedRolePolicies({ RoleName: 'deploy' }).promise()).AttachedPolicies).toEqual([
      { PolicyName: 'Example', PolicyArn },
    ]);
    // The other account of this number is of another partition.
    expect(emulator.accounts.map(({ roles }) => roles.length)).toEqual([1, 0]);
  });

  it('answers nobody who has not signed, or not with a key that was given', async () => {
    await using emulator = await startEmulator({ setup: setup() });
    const unsigned = await fetch(emulator.urls.iam, {
      method: 'POST',
      body: new URLSearchParams({ Action: 'ListOpenIDConnectProviders', Version: '2010-05-08' }),
    });
    expect(unsigned.status).toBe(403);
    expect(await unsigned.text()).toContain('<Code>MissingAuthenticationToken</Code>');
    const list: Call = (iam) => iam.listOpenIDConnectProviders();
    const forged = clientOf(emulator, { AWS_SECRET_ACCESS_KEY: 'another' });
    expect(await problemOf(forged, list)).toMatch(/^403 SignatureDoesNotMatch: /);
    const stranger = clientOf(emulator);
    stranger.config.update({ credentials: { accessKeyId: 'AKIAEXAMPLEEXAMPLE', secretAccessKey: 'secret' } });
    expect(await problemOf(stranger, list)).toMatch(/^403 InvalidClientTokenId: /);
    expect(() => emulator.signInToAws('210987654321')).toThrow('no account 210987654321');
  });

  const shared = { Condition: { StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com' } } };
  const [statement] = main.Statement;
  const long = policyFor('x'.repeat(2048));
  const cases: readonly (readonly [title: string, call: Call, problem: string])[] = [
    [
      'a provider that is there',
      (iam) => iam.createOpenIDConnectProvider({ Url: url }),
      `409 EntityAlreadyExists: Provider with url ${url} already exists.`,
    ],
    [
      'a provider by HTTP',
      (iam) => iam.createOpenIDConnectProvider({ Url: 'http://example.com' }),
      '400 ValidationError: Invalid Open ID Connect Provider URL',
    ],
    [
      'a provider with a port',
      (iam) => iam.createOpenIDConnectProvider({ Url: 'https://example.com:8443' }),
      '400 ValidationError: Invalid Open ID Connect Provider URL',
    ],
    [
      'no such provider',
      (iam) => iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn: `${provider}/x` }),
      `404 NoSuchEntity: OpenIDConnect Provider not found for arn ${provider}/x`,
    ],
    [
      'too many audiences',
      (iam) =>
        iam.createOpenIDConnectProvider({
          Url: 'https://example.com',
          ClientIDList: Array.from({ length: 101 }, (_, n) => `a${n}`),
        }),
      '409 LimitExceeded: Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100',
    ],
    [
      'a role that is there, in another case',
      create(main, 'Deploy'),
      '409 EntityAlreadyExists: Role with name Deploy already exists.',
    ],
    [
      'no such role',
      (iam) => iam.getRole({ RoleName: 'other' }),
      '404 NoSuchEntity: The role with name other cannot be found.',
    ],
    [
      'no such role to change',
      (iam) => iam.updateAssumeRolePolicy({ RoleName: 'other', PolicyDocument: json(main) }),
      '404 NoSuchEntity: The role with name other cannot be found.',
    ],
    [
      'no JSON',
      (iam) => iam.createRole({ RoleName: 'other', AssumeRolePolicyDocument: '{' }),
      '400 MalformedPolicyDocument: This policy contains invalid Json',
    ],
    [
      'an action that is none of a trust policy',
      create(policyFor('x', { Action: 's3:GetObject' })),
      '400 MalformedPolicyDocument: AssumeRole policy may only specify STS AssumeRole actions.',
    ],
    [
      'one name for two statements',
      create({ ...main, Statement: [1, 2].map(() => ({ ...statement, Sid: 'A' })) }),
      '400 MalformedPolicyDocument: Statement IDs (SID) in a single policy must be unique.',
    ],
    [
      'a trust policy for everybody at GitHub',
      (iam) => iam.updateAssumeRolePolicy({ RoleName: 'deploy', PolicyDocument: json(policyFor('', shared)) }),
      '400 MalformedPolicyDocument: Trust policy with trusted principal',
    ],
    [
      'a trust policy that is too long',
      create(long),
      '409 LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048',
    ],
    [
      'a name that is none',
      create(main, 'a/b'),
      "400 ValidationError: 1 validation error detected: Value 'a/b' at 'roleName'",
    ],
    [
      'a session that is too long',
      (iam) => iam.createRole({ RoleName: 'other', MaxSessionDuration: 43_201, AssumeRolePolicyDocument: json(main) }),
      "400 ValidationError: 1 validation error detected: Value '43201' at 'maxSessionDuration'",
    ],
    [
      'a policy of nobody',
      (iam) => iam.attachRolePolicy({ RoleName: 'deploy', PolicyArn: `arn:aws:iam::${account}:policy/own` }),
      `404 NoSuchEntity: Policy arn:aws:iam::${account}:policy/own does not exist or is not attachable.`,
    ],
    [
      'what is no policy',
      (iam) => iam.attachRolePolicy({ RoleName: 'deploy', PolicyArn: 'arn:aws:iam::aws:role/ReadOnlyAccess' }),
      '400 InvalidInput: ARN arn:aws:iam::aws:role/ReadOnlyAccess is not valid.',
    ],
    [
      'an action that it does not know',
      (iam) => iam.listUsers(),
      '400 InvalidAction: Could not find operation ListUsers for version 2010-05-08',
    ],
    [
      'a parameter that it would leave out',
      (iam) =>
        iam.createRole({
          RoleName: 'other',
          AssumeRolePolicyDocument: json(main),
          PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
        }),
      "501 NotImplemented: This emulator's IAM does not know the parameter PermissionsBoundary.",
    ],
  ];

  it('denies what IAM denies, in its words, and changes nothing then', async () => {
    await using emulator = await startEmulator({ setup: setup(), names: 'real' });
    const iam = clientOf(emulator);
    await iam.createOpenIDConnectProvider({ Url: url }).promise();
    await create(main, 'deploy')(iam).promise();
    const before = json(emulator.accounts);
    for (const [title, call, problem] of cases) {
      const said = await problemOf(iam, call);
      expect({ title, said: said.slice(0, problem.length) }).toEqual({ title, said: problem });
    }
    expect(json(emulator.accounts)).toBe(before);
  });

  it('keeps what was made in the state folder, and lets what the configuration says anew come first', async () => {
    const state = mkdtempSync(join(tmpdir(), 'iam-state-'));
    const deploy = { name: 'deploy', trustPolicy: main };
    const changed = policyFor('repo:octo/app:environment:production');
    {
      await using emulator = await startEmulator({ setup: setup([deploy]), state });
      const iam = clientOf(emulator);
      await create(main, 'made')(iam).promise();
      await iam.updateAssumeRolePolicy({ RoleName: 'deploy', PolicyDocument: json(changed) }).promise();
    }
    await using emulator = await startEmulator({ setup: setup([deploy]), state });
    const policies = () => emulator.accounts[0]?.roles.map(({ name, trustPolicy }) => [name, trustPolicy]);
    expect(policies()).toEqual([
      ['deploy', changed],
      ['made', main],
    ]);
    const anew = policyFor('repo:octo/app:pull_request');
    await emulator.replaceSetup(setup([{ ...deploy, trustPolicy: anew }]));
    expect(policies()).toEqual([
      ['deploy', anew],
      ['made', main],
    ]);
  });
});
