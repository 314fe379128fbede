/**
 * Tests as well:
 * - packages/cli/src/commands/inspect.ts
 * - packages/cli/src/commands/trust/job-options.ts
 * - packages/cli/src/commands/trust/lint.ts
 * - packages/cli/src/commands/trust/print-sarif.ts
 * - packages/cli/src/commands/trust/test.ts
 * - packages/cli/src/commands/trust/trust.ts
 * - packages/cli/src/job-token.ts
 */

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AwsAccount, type Emulator, type EmulatorUrls, type Setup, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printed, runCommand } from '../harness/cli.ts';
import type { Variables } from '../harness/process.ts';
import { apiUri, ids, sharedSetup, subjects } from '../harness/setup.ts';
import { gitHubToken } from '../harness/tokens.ts';

const folder = mkdtempSync(join(tmpdir(), 'trust-'));

/** Whose token is presented. */
type Who = (emulator: Emulator) => Promise<string>;

interface Written {
  readonly title: string;
  /** What is given to `fedbridge trust aws` and `fedbridge trust entra`. */
  readonly args: (urls: EmulatorUrls) => readonly string[];
  readonly clouds: readonly ('aws' | 'entra')[];
  readonly job: (cloud: 'aws' | 'entra') => Who;
  readonly strangers: (cloud: 'aws' | 'entra') => Readonly<Record<string, Who>>;
}

const audiences = { aws: 'sts.amazonaws.com', entra: 'api://AzureADTokenExchange' };
const both = ['aws', 'entra'] as const;

const gitHub =
  (job: object) =>
  (cloud: 'aws' | 'entra'): Who =>
  (emulator) =>
    gitHubToken(emulator.startGitHubJob(job).environment, audiences[cloud]);
const main = { repository: 'octo/app', ref: 'refs/heads/main' };
/** Who is nearly a job of octo/app on main. */
const nearMain = {
  'another branch': { ref: 'refs/heads/main2' },
  'a branch in another case': { ref: 'refs/heads/Main' },
  'a tag of that name': { ref: 'refs/tags/main' },
  'a fork': { repository: 'mallory/app' },
  'an owner in another case': { repository: 'Octo/app' },
  'an owner with the same beginning': { repository: 'octo-org/app' },
  'a repository with the same beginning': { repository: 'octo/app2' },
  'an environment': { environment: 'main' },
  'a pull request': { event: 'pull_request' },
};
const strangers =
  (base: object, changes: Readonly<Record<string, object>>) =>
  (cloud: 'aws' | 'entra'): Readonly<Record<string, Who>> =>
    Object.fromEntries(
      Object.entries(changes).map(([title, change]) => [title, gitHub({ ...base, ...change })(cloud)]),
    );

const pipeline =
  (organization: string, project: string, name: string, connection?: string): Who =>
  async (emulator) => {
    const { environment } = emulator.startAzurePipelinesJob({
      ...{ organization, project, pipeline: name },
      ...(connection ? { connections: [connection] } : {}),
    });
    return azurePipelinesToken(environment, connection && connections[connection]);
  };
const connections: Readonly<Record<string, string>> = {
  'azure-old': ids.oldConnection,
  azure: ids.newConnection,
  'azure-2': '5e7f9a1b-3c4d-4e5f-8a6b-7c8d9e0f1a22',
  'azure-old-2': '6f8a0b2c-4d5e-4f6a-9b7c-8d9e0f1a2b33',
};

const pod =
  (namespace: string, serviceAccount: string): ((cloud: 'aws' | 'entra') => Who) =>
  (cloud) =>
  async (emulator) => {
    const started = await emulator.startPod({ namespace, serviceAccount, audience: audiences[cloud] });
    return readFileSync(started.tokenFile, 'utf8');
  };

const written: readonly Written[] = [
  {
    title: 'a branch',
    args: ({ github }) => ['--github', 'octo/app', '--branch', 'main', '--issuer', github],
    clouds: both,
    job: gitHub(main),
    strangers: strangers(main, nearMain),
  },
  {
    title: 'a branch, with ids',
    args: ({ github }) => [
      ...['--github', 'octo/app', '--owner-id', '65001', '--repository-id', '724113'],
      ...['--branch', 'main', '--issuer', github],
    ],
    clouds: both,
    job: gitHub({ ...main, immutableSubject: true }),
    strangers: strangers(
      { ...main, immutableSubject: true },
      {
        ...nearMain,
        'the form of names': { immutableSubject: false },
        'another owner of that name': { ownerId: '65002' },
        'another repository of that name': { repositoryId: '7241130' },
      },
    ),
  },
  {
    title: 'a tag',
    args: ({ github }) => ['--github', 'octo/app', '--tag', 'v1', '--issuer', github],
    clouds: both,
    job: gitHub({ repository: 'octo/app', ref: 'refs/tags/v1' }),
    strangers: strangers(main, {
      'a branch of that name': { ref: 'refs/heads/v1' },
      'another tag': { ref: 'refs/tags/v10' },
    }),
  },
  {
    title: 'an environment with a colon in its name',
    args: ({ github }) => ['--github', 'octo/app', '--environment', 'prod:eu', '--issuer', github],
    clouds: both,
    job: gitHub({ ...main, environment: 'prod:eu' }),
    strangers: strangers(main, {
      'the branch without it': {},
      'another case': { environment: 'Prod:eu' },
      'the same of a fork': { repository: 'mallory/app', environment: 'prod:eu' },
    }),
  },
  {
    title: 'pull requests',
    args: ({ github }) => ['--github', 'octo/app', '--pull-request', '--issuer', github],
    clouds: both,
    job: gitHub({ ...main, event: 'pull_request' }),
    strangers: strangers(main, {
      'a push': {},
      'those of another repository': { repository: 'octo/web', event: 'pull_request' },
    }),
  },
  {
    title: 'any branch through one reusable workflow, which was asked for',
    args: ({ github }) => [
      ...['--github', 'octo/app', '--any-ref', '--issuer', github],
      ...['--workflow', 'octo/flows/.github/workflows/deploy.yml@refs/heads/main'],
    ],
    clouds: ['aws'],
    job: gitHub({
      ...main,
      ref: 'refs/heads/x',
      jobWorkflowRef: 'octo/flows/.github/workflows/deploy.yml@refs/heads/main',
    }),
    strangers: strangers(main, {
      'a workflow of its own': {},
      'the workflow of another branch': { jobWorkflowRef: 'octo/flows/.github/workflows/deploy.yml@refs/heads/mine' },
      'another repository through it': {
        repository: 'octo/app2',
        jobWorkflowRef: 'octo/flows/.github/workflows/deploy.yml@refs/heads/main',
      },
    }),
  },
  {
    title: 'any ref of a repository by its ids, which was asked for',
    args: ({ github }) => [
      ...['--github', 'octo/app', '--owner-id', '65001', '--repository-id', '724113'],
      ...['--any-ref', '--issuer', github],
    ],
    clouds: both,
    job: gitHub({ ...main, ref: 'refs/heads/x', immutableSubject: true }),
    strangers: strangers(
      { ...main, immutableSubject: true },
      {
        'the form of names': { immutableSubject: false },
        'a fork': { repository: 'mallory/app' },
        'another owner of that name': { ownerId: '65002' },
        'another repository of that name': { repositoryId: '7241130' },
      },
    ),
  },
  {
    title: 'a branch by names, with the ids beside them',
    args: ({ github }) => [
      ...['--github', 'octo/app', '--owner-id', '65001', '--repository-id', '724113', '--mutable-subject'],
      ...['--branch', 'main', '--issuer', github],
    ],
    clouds: both,
    job: gitHub(main),
    strangers: strangers(main, {
      'another branch': { ref: 'refs/heads/main2' },
      'another owner of that name': { ownerId: '65002' },
      'another repository of that name': { repositoryId: '7241130' },
    }),
  },
  {
    title: 'a pipeline',
    args: ({ vstoken }) => [
      ...['--azure-pipelines', 'contoso/web', '--pipeline', 'release'],
      ...['--issuer', `${vstoken}/${ids.organization}`],
    ],
    clouds: ['aws'],
    job: () => pipeline('contoso', 'web', 'release'),
    strangers: () => ({
      'another pipeline': pipeline('contoso', 'web', 'nightly'),
      'another project': pipeline('contoso', 'web2', 'release'),
      'another organization with the same beginning': pipeline('contoso2', 'web', 'release'),
      'a service connection': pipeline('contoso', 'web', 'release', 'azure-old'),
    }),
  },
  {
    title: 'a service connection on the Azure DevOps issuer',
    args: ({ vstoken }) => [
      ...['--azure-pipelines', 'contoso/web', '--connection', 'azure-old'],
      ...['--issuer', `${vstoken}/${ids.organization}`],
    ],
    clouds: both,
    job: () => pipeline('contoso', 'web', 'release', 'azure-old'),
    strangers: () => ({
      'another connection': pipeline('contoso', 'web', 'release', 'azure-old-2'),
      'a job without it': pipeline('contoso', 'web', 'release'),
    }),
  },
  {
    title: 'a service connection on the Entra issuer',
    args: ({ entra }) => ['--issuer', `${entra}/${ids.tenant}/v2.0`, '--subject', subjects.newConnection],
    clouds: both,
    job: () => pipeline('contoso', 'web', 'release', 'azure'),
    strangers: () => ({
      'another connection of the tenant': pipeline('contoso', 'web', 'release', 'azure-2'),
      'a connection on the old issuer': pipeline('contoso', 'web', 'release', 'azure-old'),
    }),
  },
  {
    title: 'a service account',
    args: ({ kubernetes }) => ['--service-account', 'agents/azp', '--issuer', kubernetes],
    clouds: both,
    job: pod('agents', 'azp'),
    strangers: (cloud) => ({
      'another account': pod('agents', 'azp2')(cloud),
      'another namespace': pod('agents2', 'azp')(cloud),
    }),
  },
];

const cases = written.flatMap((one, index) => one.clouds.map((cloud) => ({ ...one, cloud, index })));
const accountOf = (index: number) => String(100_000_000_000 + index);
const clientOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ setup: withWritten });
});
afterAll(() => emulator.close());

/** The world of the other tests, with the documents that the command writes loaded into it. */
function withWritten(urls: EmulatorUrls): Setup {
  const { organizations = [], tenants = [], ...others } = sharedSetup(urls);
  const [contoso] = organizations;
  const [web] = contoso?.projects ?? [];
  const [tenant] = tenants;
  if (!contoso || !web || !tenant) throw new Error('The shared world has changed.');
  const connection = { tenantId: ids.tenant, clientId: ids.app, subscriptionId: ids.subscription };
  const more = [
    { ...connection, name: 'azure-2', id: connections['azure-2'] ?? '', issuer: 'entra' as const },
    { ...connection, name: 'azure-old-2', id: connections['azure-old-2'] ?? '', issuer: 'azure-devops' as const },
  ];
  const accounts = cases.flatMap(({ cloud, index, args }): AwsAccount[] => {
    if (cloud !== 'aws') return [];
    const id = accountOf(index);
    const { provider, trustPolicy } = JSON.parse(write('aws', [...args(urls), '--account', id]));
    return [
      {
        id,
        oidcProviders: [{ url: provider.Url, clientIds: provider.ClientIDList }],
        roles: [{ name: 'deploy', trustPolicy }],
      },
    ];
  });
  const applications = cases.flatMap(({ cloud, index, args }) =>
    cloud === 'entra'
      ? [{ clientId: clientOf(index), federatedCredentials: [JSON.parse(write('entra', args(urls)))] }]
      : [],
  );
  return {
    ...others,
    organizations: [
      {
        ...contoso,
        projects: [
          { ...web, connections: [...(web.connections ?? []), ...more] },
          { name: 'web2', id: crypto.randomUUID(), pipelines: { release: '14' } },
        ],
      },
      {
        name: 'contoso2',
        id: crypto.randomUUID(),
        projects: [{ name: 'web', id: crypto.randomUUID(), pipelines: { release: '15' } }],
      },
    ],
    tenants: [{ ...tenant, applications: [...tenant.applications, ...applications] }],
    accounts,
  };
}

const write = (cloud: 'aws' | 'entra', args: readonly string[]) => printed(['trust', cloud, ...args], folder);

async function azurePipelinesToken(environment: Variables, connection: string | undefined): Promise<string> {
  const query = connection ? `&serviceConnectionId=${connection}` : '';
  const answer = await fetch(`${environment.SYSTEM_OIDCREQUESTURI}?api-version=7.1${query}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN}`,
      'content-type': 'application/json',
    },
  });
  return ((await answer.json()) as { oidcToken: string }).oidcToken;
}

/** Whether the cloud gives credentials for a token, asked by hand. */
async function getsIn(cloud: 'aws' | 'entra', index: number, token: string): Promise<boolean> {
  const [url, form] =
    cloud === 'aws'
      ? [
          emulator.urls.sts,
          {
            Action: 'AssumeRoleWithWebIdentity',
            Version: '2011-06-15',
            RoleArn: `arn:aws:iam::${accountOf(index)}:role/deploy`,
            RoleSessionName: 'test',
            WebIdentityToken: token,
          },
        ]
      : [
          `${emulator.urls.entra}/${ids.tenant}/oauth2/v2.0/token`,
          {
            grant_type: 'client_credentials',
            client_id: clientOf(index),
            scope: 'https://graph.microsoft.com/.default',
            client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
            client_assertion: token,
          },
        ];
  const { status } = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
  expect([200, 400, 401, 403]).toContain(status);
  return status === 200;
}

describe.each(cases)('the trust of $cloud for $title', ({ cloud, index, job, strangers: others }) => {
  it('lets that job in', async () => {
    expect(await getsIn(cloud, index, await job(cloud)(emulator))).toBe(true);
  });

  it.each(Object.entries(others(cloud)))('keeps out %s', async (_title, who) => {
    expect(await getsIn(cloud, index, await who(emulator))).toBe(false);
  });
});

const fedbridge = (args: readonly string[], input = '', environment: Variables = {}) =>
  runCommand(args, environment, folder, input);
const file = (name: string, content: unknown) => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return path;
};
const hub = 'token.actions.githubusercontent.com';
const aws = ['trust', 'aws', '--account', ids.account];
const policyFor = async (...args: string[]) => {
  const { stdout } = await fedbridge([...aws, ...args]);
  return JSON.parse(stdout).trustPolicy;
};

describe('fedbridge trust', () => {
  it('marks what is wider than one kind of job', async () => {
    const { stdout, stderr } = await fedbridge([...aws, '--github', 'octo/app', '--any-ref']);
    expect(stderr).toBe(
      'WIDER than one kind of job: it allows every branch, tag, environment and pull request of octo/app.\n',
    );
    expect(stdout).toContain('WiderThanOneKindOfJob');
  });

  it('writes the trust for a token on standard input, and for the job that it runs in', async () => {
    const { environment } = emulator.startGitHubJob({ ...main, environment: 'production' });
    const token = await gitHubToken(environment, audiences.aws);
    const fromToken = await fedbridge([...aws, '--from-token'], token);
    const fromJob = await fedbridge([...aws, '--from-job'], '', environment);
    expect(JSON.parse(fromToken.stdout)).toEqual(JSON.parse(fromJob.stdout));
    expect(fromToken.stdout).toContain('"repo:octo/app:environment:production"');
    const entra = await fedbridge(['trust', 'entra', '--from-job'], '', environment);
    expect(JSON.parse(entra.stdout)).toMatchObject({ audiences: [audiences.entra] });
    for (const { stdout, stderr } of [fromToken, fromJob, entra]) expect(stdout + stderr).not.toContain(token);
  });

  it('writes for each cloud what it takes of a pod that has a token for both', async () => {
    const [forAws, forEntra] = await Promise.all([
      emulator.startPod({
        ...{ namespace: 'agents', serviceAccount: 'azp', audience: audiences.aws },
        aws: { roleArn: `arn:aws:iam::${ids.account}:role/deploy` },
      }),
      emulator.startPod({
        ...{ namespace: 'agents', serviceAccount: 'azp', audience: audiences.entra },
        azure: { clientId: ids.app, tenantId: ids.tenant },
      }),
    ]);
    const environment = { ...forAws.environment, ...forEntra.environment };
    const [ofAws, ofEntra] = await Promise.all([
      fedbridge([...aws, '--from-job'], '', environment),
      fedbridge(['trust', 'entra', '--from-job'], '', environment),
    ]);
    expect(JSON.parse(ofAws.stdout)).toMatchObject({ provider: { ClientIDList: [audiences.aws] } });
    expect(JSON.parse(ofEntra.stdout)).toMatchObject({ audiences: [audiences.entra] });
  });

  it('takes names as users have them', async () => {
    const entra = ['trust', 'entra'];
    const written = (args: readonly string[]) => fedbridge(args).then(({ stdout }) => stdout);
    const alike: readonly (readonly (readonly string[])[])[] = [
      [
        [...entra, '--github', 'octo/app', '--branch', 'main'],
        [...entra, '--github', 'git@github.com:octo/app.git', '--branch', 'refs/heads/main'],
        [...entra, '--github', 'https://github.com/octo/app', '--branch', 'main', '--issuer', `${hub}/`],
      ],
      [
        [...entra, '--github', 'octo/app', '--tag', 'v1', '--issuer', 'https://token.actions.acme.ghe.com'],
        [...entra, '--github', 'https://acme.ghe.com/octo/app.git', '--tag', 'refs/tags/v1'],
      ],
      [
        [...aws, '--azure-pipelines', 'contoso/web', '--organization-id', ids.organization, '--pipeline', 'release'],
        [
          ...[...aws, '--azure-pipelines', 'https://dev.azure.com/contoso/web/_git/app', '--pipeline', 'release'],
          ...['--organization-id', ids.organization.toUpperCase().replaceAll('-', '')],
        ],
        [
          ...[...aws, '--azure-pipelines', 'https://contoso.visualstudio.com/web', '--pipeline', 'release'],
          ...['--issuer', `https://vstoken.dev.azure.com/${ids.organization.toUpperCase()}/`],
        ],
      ],
      [
        [...aws, '--service-account', 'agents/azp', '--issuer', 'https://i.example.com'],
        [...aws, '--service-account', 'system:serviceaccount:agents:azp', '--issuer', 'https://i.example.com'],
      ],
    ];
    for (const group of alike) {
      const [first, ...others] = await Promise.all(group.map(written));
      expect(first).toContain('"');
      for (const other of others) expect(other).toBe(first);
    }
  });

  it('has the audience of the cloud', async () => {
    const job = ['--github', 'octo/app', '--branch', 'main'];
    const [gov, china, atAws] = await Promise.all([
      fedbridge(['trust', 'entra', ...job, '--cloud', 'azureusgovernment']),
      fedbridge(['trust', 'entra', ...job, '--cloud', 'azurechinacloud']),
      fedbridge([...aws, ...job, '--partition', 'aws-cn']),
    ]);
    expect(JSON.parse(gov.stdout).audiences).toEqual(['api://AzureADTokenExchangeUSGov']);
    expect(JSON.parse(china.stdout).audiences).toEqual(['api://AzureADTokenExchangeChina']);
    expect(JSON.parse(atAws.stdout).provider.ClientIDList).toEqual(['sts.amazonaws.com.cn']);
  });

  it('writes an expression for Entra where a pattern is asked for, and says how wide it is', async () => {
    const any = ['--github', 'octo/app', '--owner-id', '65001', '--repository-id', '724113', '--any-ref'];
    const { stdout, stderr } = await fedbridge(['trust', 'entra', ...any]);
    expect(stderr).toContain('WIDER than one kind of job: it allows every branch');
    expect(JSON.parse(stdout)).toMatchObject({
      subject: null,
      claimsMatchingExpression: {
        value:
          "claims['sub'] matches 'repo:octo@65001/app@724113:*' and claims['repository_id'] eq '724113' and claims['repository_owner_id'] eq '65001'",
      },
    });
  });

  it('writes for a token whose subject holds a commit what lets its next build in', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const sub = 'organization:acme:pipeline:web:ref:refs/heads/main:commit:9f3182:step:build';
    const claims = {
      iss: 'https://agent.buildkite.com',
      sub,
      aud: 'sts.amazonaws.com',
      exp: 2_000_000_000,
      pipeline_id: 'p',
    };
    const token = [part({ alg: 'RS256' }), part(claims), 'c2ln'].join('.');
    const { stdout, stderr } = await fedbridge([...aws, '--from-token'], token);
    expect(stderr).toBe('The commit in the subject is another in each run: it may be anything.\n');
    expect(JSON.parse(stdout).trustPolicy.Statement[0].Condition).toEqual({
      StringEquals: { 'agent.buildkite.com:aud': 'sts.amazonaws.com', 'agent.buildkite.com:pipeline_id': 'p' },
      StringLike: { 'agent.buildkite.com:sub': sub.replace('9f3182', '*') },
    });
    const entra = await fedbridge(
      ['trust', 'entra', '--from-token'],
      token.replace(part(claims), part({ ...claims, aud: audiences.entra })),
    );
    expect(entra).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('there are no expressions for the issuer'),
    });
  });

  it.each([
    [[...aws], 'Say whom to trust with one of --github'],
    [[...aws, '--github', 'octo/app'], 'Name one of: a branch'],
    [[...aws, '--github', 'octo', '--branch', 'main'], '--github takes owner/repository or the address'],
    [
      [...aws, '--github', 'https://github.com/octo/app/tree/main', '--branch', 'main'],
      '--github takes owner/repository',
    ],
    [
      [...aws, '--github', 'https://ghes.example.com/octo/app', '--branch', 'main'],
      '--issuer, https://ghes.example.com/_services/token',
    ],
    [
      [...aws, '--github', 'https://acme.ghe.com/o/r', '--branch', 'm', '--issuer', `https://${hub}`],
      `The jobs of acme.ghe.com have no tokens of https://${hub}.`,
    ],
    [[...aws, '--github', 'octo/app', '--branch', 'main', '--pipeline', 'x'], '--pipeline does not go with --github'],
    [[...aws, '--github', 'octo/app', '--branch', 'release/*'], 'is no wildcard here'],
    [['trust', 'aws', '--account', '12', '--github', 'o/r', '--branch', 'm'], 'is not an account'],
    [[...aws, '--azure-pipelines', 'contoso/web', '--pipeline', 'release'], 'is not the id of an organization'],
    [[...aws, '--azure-pipelines', 'contoso', '--pipeline', 'release'], '--azure-pipelines takes organization/project'],
    [
      [
        ...aws,
        '--azure-pipelines',
        'contoso/web',
        '--pipeline',
        'p',
        '--issuer',
        'https://vstoken.dev.azure.com/contoso',
      ],
      'issuers of that host are https://vstoken.dev.azure.com/<organization id>',
    ],
    [
      [
        'trust',
        'entra',
        '--azure-pipelines',
        'contoso/web',
        '--organization-id',
        ids.organization,
        '--pipeline',
        'release',
      ],
      'Entra trusts no pipeline without a service connection',
    ],
    [['trust', 'entra', '--issuer', 'https://i.example.com', '--subject', 'x'.repeat(601)], 'Entra takes 600'],
    [['trust', 'entra', '--issuer', 'http://i.example.com', '--subject', 'x'], 'not an https:// URL'],
    [[...aws, '--issuer', 'https://i.example.com', '--subject', 'x '], 'begins or ends with a blank'],
    [['trust', 'entra', '--github', 'o/r', '--branch', 'm', '--audience', 'sts.amazonaws.com'], "which is AWS's"],
    [['trust', 'entra', '--github', 'o/r', '--environment', ''], 'it is empty'],
    [[...aws, '--github', 'o/r', '--branch', 'refs/tags/v1'], 'is a ref of another kind'],
    [[...aws, '--service-account', 'agents/azp'], '--issuer is required'],
    [['trust', 'entra', '--github', 'octo/app', '--any-ref'], 'must test repository_id or repository_owner_id too'],
    [['trust', 'entra', '--github', 'o/r', '--branch', 'm', '--format', 'bicep'], '--unique-name is required here'],
    [['trust', 'lint', '/nowhere.json'], 'cannot be read: ENOENT'],
    [['trust', 'migrate', '--github', 'octo/app'], 'Standard input is empty'],
    [['trust', 'migrate'], 'Name one of what is migrated', '[]'],
    [['trust', 'migrate', '--github', 'o/r', '--connection', 'sc://o/p/c'], 'Name one of what is migrated', '[]'],
    [['trust', 'migrate', '--github', 'o/r'], '--owner-id is required', '[]'],
    [['trust', 'migrate', '--github', 'o/r', '--owner-id', '1'], '--repository-id is required', '[]'],
    [
      ['trust', 'migrate', '--github', 'o/r', '--owner-id', '1', '--repository-id', 'app'],
      '"app" is not an id of GitHub',
      '[]',
    ],
    [['trust', 'migrate', '--connection', 'sc://o/p/c'], '--issuer is required', '[]'],
    [['trust', 'migrate', '--connection', 'sc://o/p/c', '--issuer', 'https://i'], '--subject is required', '[]'],
    [
      ['trust', 'migrate', '--github', 'octo', '--owner-id', '1', '--repository-id', '2'],
      'takes owner/repository',
      '[]',
    ],
    [
      ['trust', 'migrate', '--connection', 'sc://o/p/c', '--issuer', 'https://i', '--subject', 's'],
      's is not the subject of a service connection',
      '[]',
    ],
    [
      [
        'trust',
        'migrate',
        '--connection',
        'sc://o/p/c',
        '--issuer',
        `https://login.microsoftonline.com/${ids.tenant}/v2.0/`,
        '--subject',
        '/eid1/c',
      ],
      'is not the Entra issuer of a service connection',
      '[]',
    ],
    [
      ['trust', 'migrate', '--connection', 'c', '--issuer', 'https://i', '--subject', 's'],
      'c is not the subject of a service connection on the Azure DevOps issuer',
      '{"Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::1:oidc-provider/x"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"x:sub":"c"}}}]}',
    ],
    [['trust', 'lint'], 'neither a trust policy nor federated credentials', '{}'],
    [['trust', 'lint'], 'neither a trust policy nor federated credentials', '7'],
    [['trust', 'test'], 'Name the file of a document'],
    [['trust', 'test', '-'], '--claims names a file'],
    [['trust', 'lint', '-', '-'], 'can be read once'],
    [['trust', 'lint', '--parameter', 'x'], 'it takes name=value'],
    [['trust', 'test', '--document', '/nowhere.json', '--at', 'noon'], '"noon" is not a time of ISO 8601'],
    [['trust', 'test', '--document', '/nowhere.json', '--context', 'key'], '--context takes key=value, not "key"'],
    [
      ['trust', 'test', '--document', '/nowhere.json', '--context', `https://${hub}:sub=x`],
      `--context takes keys that come with a token, aws:SourceIp for example: not "https://${hub}:sub"`,
    ],
    [[...aws, '--subject', 's'], '--issuer is required'],
    [[...aws, '--azure-pipelines', 'contoso/web', '--organization-id', ids.organization], 'Name a pipeline'],
    [[...aws, '--github', 'octo/a b', '--branch', 'm'], '--github takes owner/repository'],
    [[...aws, '--github', 'o!/app', '--branch', 'm'], '--github takes owner/repository'],
    [[...aws, '--service-account', 'a/B', '--issuer', 'https://i'], '"B" is not a name of Kubernetes'],
    [
      ['trust', 'entra', '--github', 'o/r', '--branch', 'm', '--workflow', 'o/r/.github/workflows/w.yml@x'],
      'is not how a token names a reusable workflow',
    ],
    [['trust', 'entra', '--github', 'o/r', '--branch', 'm', '--name', 'a b'], 'has 3 to 120 letters'],
    [
      ['trust', 'entra', '--github', 'o/r', '--branch', 'm', '--managed-identity', 'agents'],
      '--resource-group is required',
    ],
    [['agent', 'run', '--url', 'https://dev.azure.com', '--pool', 'x'], 'the URL of an organization'],
    [
      ['agent', 'run', '--url', 'https://dev.azure.com/o', '--pool', 'x', '--drain-timeout', 'long'],
      'number of seconds',
    ],
    [
      [
        'agent',
        'setup',
        '--url',
        'https://o.visualstudio.com',
        '--pool',
        'x',
        '--issuer',
        'https://i',
        '--managed-identity',
        'me',
      ],
      'begins with /subscriptions/',
    ],
  ])('%j: exit code 2, %s', async (args, text, input = '') => {
    const { exitCode, stdout, stderr } = await fedbridge(args, input);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(text);
  });

  it('has examples in every --help', async () => {
    for (const command of [
      ['trust', 'aws'],
      ['trust', 'entra'],
      ['trust', 'lint'],
      ['trust', 'test'],
      ['trust', 'migrate'],
      ['inspect'],
    ]) {
      const { exitCode, stdout } = await fedbridge([...command, '--help']);
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringMatching(/Examples?:/) });
    }
  });
});

describe('fedbridge trust lint', () => {
  it('finds nothing in what is written, as it is written', async () => {
    const narrow = ['--github', 'octo/app', '--owner-id', '65001', '--repository-id', '724113', '--branch', 'main'];
    for (const command of [aws, ['trust', 'entra']]) {
      const { stdout } = await fedbridge([...command, ...narrow]);
      expect(await fedbridge(['trust', 'lint'], stdout)).toEqual({
        exitCode: 0,
        stdout: 'No problems found.\n',
        stderr: '',
      });
    }
  });

  it('tells rule, severity and fix, as text, JSON and SARIF', async () => {
    const wide = {
      Role: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Federated: `arn:aws:iam::${ids.account}:oidc-provider/${hub}` },
              Action: 'sts:AssumeRoleWithWebIdentity',
            },
          ],
        },
      },
    };
    const path = file('wide.json', wide);
    const text = await fedbridge(['trust', 'lint', path]);
    expect(text.exitCode).toBe(3);
    expect(text.stdout).toContain('error aws/no-sub Statement[0]: No condition on the subject.');
    expect(text.stdout).toContain(`  Add StringEquals on <issuer>:sub`);
    const json = JSON.parse((await fedbridge(['trust', 'lint', path, '--json'])).stdout);
    expect(json).toContainEqual(
      expect.objectContaining({ rule: 'aws/no-sub', severity: 'error', fix: expect.any(String) }),
    );
    const { stdout } = await fedbridge(['trust', 'lint', path, '--format', 'sarif']);
    const [run] = JSON.parse(stdout).runs;
    expect(run.results.find(({ ruleId }: { readonly ruleId: string }) => ruleId === 'aws/no-aud')).toMatchObject({
      level: 'warning',
      locations: [{ physicalLocation: { artifactLocation: { uri: path }, region: { startLine: 6, startColumn: 9 } } }],
    });
  });

  it('a note alone is no failure', async () => {
    const policy = await policyFor('--github', 'octo/app', '--branch', 'main');
    const { exitCode, stdout } = await fedbridge(['trust', 'lint'], JSON.stringify(policy));
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('note mutable-subject') });
  });
});

describe('fedbridge trust test', () => {
  const claims = (sub: string) => JSON.stringify({ iss: `https://${hub}`, sub, aud: 'sts.amazonaws.com' });

  it('says which statement allows, and which condition fails by how little', async () => {
    const path = file('prod.json', await policyFor('--github', 'octo/app', '--environment', 'Prod'));
    const test = (sub: string) => fedbridge(['trust', 'test', '--document', path], claims(sub));
    expect(await test('repo:octo/app:environment:Prod')).toEqual({
      exitCode: 0,
      stdout: 'Allowed.\nStatement 1 allows it.\n',
      stderr: '',
    });
    expect(await test('repo:octo/app:environment:prod')).toEqual({
      exitCode: 3,
      stdout:
        'Denied.\n' +
        `Statement 1 does not allow it: \`${hub}:sub\` is \`repo:octo/app:environment:prod\`, the policy wants \`repo:octo/app:environment:Prod\` (StringEquals): case.\n`,
      stderr: '',
    });
    expect((await test('repo:octo/app:ref:refs/heads/main')).stdout).toContain(
      ': `ref:refs/heads/main` in the place of `environment:Prod`',
    );
    expect((await test('repo:octo@1/app@2:environment:Prod')).stdout).toContain('one has ids, the immutable form');
  });

  it("looks at the provider's audiences, azp included", async () => {
    const { stdout } = await fedbridge([
      ...aws,
      '--issuer',
      'https://login.example.com/t/v2.0',
      '--subject',
      '/eid1/x',
    ]);
    const { provider, trustPolicy } = JSON.parse(stdout);
    expect(provider.ClientIDList).toEqual(['499b84ac-1321-427f-aa17-267ca6975798']);
    const audience = 'fb60f99c-7a34-4190-8149-302f77469936';
    const path = file('entra.json', trustPolicy);
    const token = JSON.stringify({
      ...{ iss: provider.Url, sub: '/eid1/x', aud: audience, azp: provider.ClientIDList[0] },
    });
    const test = (list: string) =>
      fedbridge(['trust', 'test', '--document', path, '--provider-audiences', list, '--json'], token);
    expect(JSON.parse((await test(provider.ClientIDList.join())).stdout)).toMatchObject({ allowed: true });
    expect(JSON.parse((await test(audience)).stdout)).toMatchObject({
      allowed: false,
      why: [expect.stringContaining('with azp')],
    });
  });

  it('knows the time, further keys, explicit denial, and documents that IAM does not take', async () => {
    const policy = await policyFor('--github', 'octo/app', '--branch', 'main');
    const [statement] = policy.Statement;
    const test = async (document: unknown, ...args: string[]) => {
      const path = file('p.json', document as object);
      return (
        await fedbridge(['trust', 'test', '--document', path, ...args], claims('repo:octo/app:ref:refs/heads/main'))
      ).stdout;
    };
    const until = {
      ...policy,
      Statement: [
        { ...statement, Condition: { ...statement.Condition, DateLessThan: { 'aws:CurrentTime': '2027-07-01' } } },
      ],
    };
    expect(await test(until, '--at', '2027-06-30')).toContain('Allowed.');
    expect(await test(until, '--at', '2027-07-02')).toContain('aws:CurrentTime');
    const named = {
      ...policy,
      Statement: [
        { ...statement, Condition: { ...statement.Condition, StringLike: { 'sts:RoleSessionName': 'ci-*' } } },
      ],
    };
    expect(await test(named, '--context', 'sts:RoleSessionName=ci-1')).toContain('Allowed.');
    expect(await test(named)).toContain('is not there');
    const denied = { ...policy, Statement: [statement, { ...statement, Effect: 'Deny' }] };
    expect(await test(denied)).toContain('Statement 2 denies it, whatever others allow.');
    expect(await test({ ...policy, Version: '2013-01-01' })).toContain('IAM rejects this document');
  });

  it('tells what a list of credentials has that is none, and which of several audiences it looks at', async () => {
    const credentials = file('list.json', [{ name: 'x' }]);
    const sub = 'repo:octo/app:pull_request';
    const presented = { iss: `https://${hub}`, aud: ['a', 'b'] };
    expect(await fedbridge(['trust', 'test', '--document', credentials], JSON.stringify(presented))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('has neither a trust policy nor federated credentials'),
    });
    const credential = { name: 'fits', issuer: `https://${hub}`, subject: sub, audiences: ['a'] };
    const test = async (claims: object) => {
      const path = file('one.json', [credential]);
      return (await fedbridge(['trust', 'test', '--document', path], JSON.stringify(claims))).stdout;
    };
    expect(await test({ ...presented, sub })).toContain('Credential "fits" fits.');
    expect(await test({ ...presented, sub, aud: ['b', 'a'] })).toContain('the audience is `b`, it wants `a`');
    expect(await test({ ...presented, sub, iss: '' })).toContain("The token's iss is ``: ");
    expect(await test({})).toContain('The token has no iss.');
    const none = await fedbridge(
      ['trust', 'test', '--document', file('none.json', [])],
      JSON.stringify({ ...presented, sub }),
    );
    expect(none).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('There is no federated credential.') });
  });

  it('tests federated credentials', async () => {
    const { stdout } = await fedbridge(['trust', 'entra', '--github', 'octo/app', '--branch', 'main']);
    const path = file('credential.json', stdout);
    const presented = { iss: `https://${hub}`, sub: 'repo:octo/app:ref:refs/heads/Main', aud: audiences.entra };
    expect((await fedbridge(['trust', 'test', '--document', path], JSON.stringify(presented))).stdout).toContain(
      `Credential "${JSON.parse(stdout).name}" does not fit: the subject is \`repo:octo/app:ref:refs/heads/Main\`, it wants \`repo:octo/app:ref:refs/heads/main\`: case.`,
    );
  });

  it('denies a token that has expired, until it is asked about its own time', async () => {
    const { environment } = emulator.startGitHubJob(main);
    const token = await gitHubToken(environment, audiences.aws);
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const { provider, trustPolicy } = JSON.parse(
      (await fedbridge([...aws, '--github', 'octo/app', '--branch', 'main', '--issuer', claims.iss])).stdout,
    );
    const path = file('times.json', trustPolicy);
    const at = (seconds: number) => ['--at', new Date(seconds * 1000).toISOString()];
    const test = async (time: number, input: object | string = token, ...more: string[]) => {
      const args = ['trust', 'test', '--document', path, '--provider-audiences', provider.ClientIDList.join(), ...more];
      const text = typeof input === 'string' ? input : JSON.stringify(input);
      return (await fedbridge([...args, ...at(time)], text)).stdout;
    };
    expect(await test(claims.exp + 299)).toContain('Allowed.');
    expect(await test(claims.exp + 300)).toContain('Denied.\nThe token expired at ');
    expect(await test(claims.iat - 301)).toContain('is not valid before');
    expect(await test(claims.exp, { ...claims, iat: undefined, exp: undefined })).toContain('Allowed.');
    expect(await test(claims.exp, { ...claims, aud: ['a', 'b'] })).toContain('2 audiences and no azp');
    const named = { ...claims, 'https://aws.amazon.com/roles': ['arn:aws:iam::123456789012:role/a'] };
    expect(await test(claims.exp, named)).toContain('Allowed.');
    expect(await test(claims.exp, named, '--role', 'arn:aws:iam::123456789012:role/b')).toContain(
      'names other roles than',
    );
  });

  it("has GitHub's condition keys for the emulator's GitHub, and for no other issuer on loopback", async () => {
    const key = (iss: string) => `${iss.replace('http://', '')}:repository`;
    const test = async (iss: string, sub: string) => {
      const Principal = { Federated: `arn:aws:iam::${ids.account}:oidc-provider/${iss.replace('http://', '')}` };
      const Condition = { StringEquals: { [key(iss)]: 'octo/app' } };
      const statement = { Effect: 'Allow', Principal, Action: 'sts:AssumeRoleWithWebIdentity', Condition };
      const path = file('keys.json', { Version: '2012-10-17', Statement: statement });
      const claims = { iss, sub, aud: audiences.aws, repository: 'octo/app' };
      return (await fedbridge(['trust', 'test', '--document', path], JSON.stringify(claims))).stdout;
    };
    expect(await test(emulator.urls.github, 'repo:octo/app:pull_request')).toContain('Allowed.');
    expect(await test(emulator.urls.kubernetes, 'system:serviceaccount:a:b')).toContain(
      'is a key that STS never fills for this issuer',
    );
  });

  it('denies by a policy with a member that stands twice, and says where', async () => {
    const policy = JSON.stringify(await policyFor('--github', 'octo/app', '--branch', 'main'));
    const path = file('twice.json', policy.replace('"Condition":', '"Condition":{},"Condition":'));
    const { exitCode, stdout } = await fedbridge(
      ['trust', 'test', '--document', path],
      claims('repo:octo/app:ref:refs/heads/main'),
    );
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/IAM rejects this document: Condition stands more than once .*line 1, column \d+ and/);
  });

  it('tests flexible federated credentials beside exact ones', async () => {
    const rest = { issuer: `https://${hub}`, audiences: [audiences.entra] };
    const value = "claims['sub'] matches 'repo:octo/app:ref:refs/heads/*' and claims['repository_id'] eq '724113'";
    const path = file('flexible.json', {
      value: [
        { ...rest, name: 'exact', subject: 'repo:octo/app:pull_request' },
        { ...rest, name: 'flexible', subject: null, claimsMatchingExpression: { value, languageVersion: 1 } },
      ],
    });
    const test = async (sub: string, repository_id: string) => {
      const presented = { iss: `https://${hub}`, aud: audiences.entra, sub, repository_id };
      return (await fedbridge(['trust', 'test', '--document', path], JSON.stringify(presented))).stdout;
    };
    expect(await test('repo:octo/app:ref:refs/heads/x', '724113')).toBe('Allowed.\nCredential "flexible" fits.\n');
    expect(await test('repo:octo/app:pull_request', '1')).toContain('Credential "exact" fits.');
    expect(await test('repo:octo/app:ref:refs/heads/x', '1')).toContain(
      'the claim repository_id is `1`, its expression wants `724113`',
    );
  });
});

describe('fedbridge trust migrate', () => {
  it('adds the new form and names the date; with --finish removes the old', async () => {
    const before = JSON.stringify(await policyFor('--github', 'octo/app', '--branch', 'main'));
    const args = ['trust', 'migrate', '--github', 'octo/app', '--owner-id', '65001', '--repository-id', '724113'];
    const migrated = await fedbridge(args, before);
    expect(migrated.stderr).toContain('2026-07-15');
    const [{ Condition }] = JSON.parse(migrated.stdout).Statement;
    expect(Condition.StringEquals[`${hub}:sub`]).toEqual([
      'repo:octo/app:ref:refs/heads/main',
      'repo:octo@65001/app@724113:ref:refs/heads/main',
    ]);
    const finished = await fedbridge([...args, '--finish', '--json'], migrated.stdout);
    expect(JSON.parse(finished.stdout)).toMatchObject({
      notes: [expect.stringContaining('Removed'), expect.any(String)],
    });
    expect(JSON.stringify(JSON.parse(finished.stdout).document)).not.toContain('repo:octo/app:');
    const tooEarly = await fedbridge([...args, '--finish'], before);
    expect(tooEarly).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it('from the Azure DevOps issuer to the Entra issuer, both clouds', async () => {
    const { vstoken, entra } = emulator.urls;
    const old = [
      '--azure-pipelines',
      'contoso/web',
      '--connection',
      'azure-old',
      '--issuer',
      `${vstoken}/${ids.organization}`,
    ];
    const to = [
      ...['trust', 'migrate', '--connection', subjects.oldConnection],
      ...['--issuer', `${entra}/${ids.tenant}/v2.0`, '--subject', subjects.newConnection],
    ];
    for (const command of [aws, ['trust', 'entra']]) {
      const { stdout } = await fedbridge([...command, ...old]);
      const { stdout: migrated, stderr } = await fedbridge(to, stdout);
      expect(stderr).toContain('2027-07-01');
      expect(migrated).toContain(subjects.oldConnection);
      expect(migrated).toContain(subjects.newConnection);
      const finished = await fedbridge([...to, '--finish'], migrated);
      expect(finished.stdout).not.toContain(subjects.oldConnection);
      expect(finished.stdout).toContain(subjects.newConnection);
    }
  });

  it('prints what docs/trust.md shows', async () => {
    const page = readFileSync(new URL('../../docs/trust.md', import.meta.url), 'utf8');
    const [, shown = '', printed] = /^\$ fedbridge (trust migrate .*) >both\.json\n([\s\S]*?)```/m.exec(page) ?? [];
    const [one] = (await policyFor('--github', 'octo/app', '--branch', 'main')).Statement;
    const document = {
      Version: '2012-10-17',
      Statement: [{ ...one, Condition: { StringLike: { [`${hub}:sub`]: 'repo:octo/a*:*' } } }],
    };
    const args = shown.split(' ').map((word) => (word === 'team.json' ? file('team.json', document) : word));
    expect((await fedbridge(args)).stderr).toBe(printed);
  });

  it('what cannot be migrated is reported, with exit code 3, and the rest comes through as it was written', async () => {
    const args = [
      'trust',
      'migrate',
      '--github',
      'https://github.com/octo/app',
      '--owner-id',
      '1',
      '--repository-id',
      '2',
    ];
    const statement = (value: string) => `{
      "Sid": "Kept", "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
      "Principal": {"Federated": "arn:aws:iam::${ids.account}:oidc-provider/${hub}"},
      "Condition": {
        "StringLike": {"${hub}:sub": ${JSON.stringify(value)}},
        "NumericLessThan": {"aws:EpochTime": 1.90e9}, "StringEquals": {"${hub}:actor_id": 12345678901234567890}
      }
    }`;
    const policy = (value: string) => `{"Version": "2012-10-17", "Id": "kept", "Statement": ${statement(value)}}`;
    const wide = await fedbridge(args, policy('repo:octo/a*:*'));
    expect({ exitCode: wide.exitCode, stderr: wide.stderr }).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('Added to Statement[0]: repo:octo@1/app@2:*.'),
    });
    for (const text of ['"aws:EpochTime": 1.90e9', '12345678901234567890', '"Id": "kept"', '"Sid": "Kept"'])
      expect(wide.stdout).toContain(text);
    const unsure = await fedbridge(args, policy(`repo:\${${hub}:repository}:*`));
    expect(unsure.exitCode).toBe(3);
    expect(unsure.stderr).toMatch(/^Not covered: Statement\[0\]\. A variable decides/m);
    const json = await fedbridge([...args, '--json'], policy(`repo:\${${hub}:repository}:*`));
    expect(JSON.parse(json.stdout)).toMatchObject({ notes: [], notCovered: [{ where: 'Statement[0]' }] });
    expect(json.exitCode).toBe(3);
  });
});

describe('fedbridge inspect', () => {
  it.each([
    ['GitHub Actions', 'an immutable subject', gitHub({ ...main, immutableSubject: true })('aws')],
    ['GitHub Actions', 'a subject of names, which can be given to others', gitHub(main)('aws')],
    ['Azure Pipelines', 'a pipeline, without a service connection', pipeline('contoso', 'web', 'release')],
    [
      'Azure Pipelines',
      'a service connection on the Azure DevOps issuer, which stops on 2027-07-01',
      pipeline('contoso', 'web', 'release', 'azure-old'),
    ],
    ['Azure Pipelines', 'a service connection on the Entra issuer', pipeline('contoso', 'web', 'release', 'azure')],
    ['Kubernetes', 'a service account', pod('agents', 'azp')('aws')],
  ])('%s, %s', async (platform, form, who) => {
    const token = await who(emulator);
    const text = await fedbridge(['inspect'], token);
    expect(text.stdout).toContain(`platform  ${platform}: ${form}\n`);
    const { stdout } = await fedbridge(['inspect', '--json'], token);
    const { issuer, subject, audience, trust, issued, expires } = JSON.parse(stdout);
    expect(text.stdout).toContain(`\ntimes     ${issued ? `issued ${issued}, ` : ''}expires ${expires}\n`);
    expect(JSON.stringify(trust.aws.trustPolicy)).toContain(JSON.stringify(subject));
    // What is for AWS, or speaks for a pipeline alone, no federated credential can ever let in.
    const never = audience === audiences.aws || subject.startsWith('p://');
    expect(trust.entra).toMatchObject(never ? { neverMatches: expect.any(String) } : { issuer, subject });
    expect(text.stdout).toContain(`A federated credential of Entra for it:${never ? ' none. ' : '\n{'}`);
    for (const part of token.split('.').slice(1)) expect(text.stdout + text.stderr + stdout).not.toContain(part);
  });

  it('the job that it runs in', async () => {
    const { environment } = emulator.startGitHubJob(main);
    const { stdout, stderr } = await fedbridge(['inspect', '--from-job'], '', environment);
    expect(stderr).toMatch(/^Identity: github/);
    expect(stdout).toContain('audience  sts.amazonaws.com');
  });

  it('what is no token is told so, and not shown', async () => {
    const { exitCode, stdout, stderr } = await fedbridge(['inspect'], 'not.a.secret');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('Standard input has something that is not an ID token. [INPUT_INVALID]');
    expect(stderr).not.toContain('not.a.secret');
  });

  it('the machine that it runs on, whose token is for an audience that is named', async () => {
    const { environment } = await emulator.startMachine({ systemAssigned: ids.machine, form: 'app-service' });
    const without = await fedbridge(['inspect', '--from-job'], '', environment);
    expect(without).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('needs --audience') });
    const shown = await fedbridge(['inspect', '--from-job', '--audience', apiUri], '', environment);
    expect(shown.stdout).toContain(`audience  ${apiUri}`);
    const written = await fedbridge([...aws, '--from-job', '--audience', apiUri], '', environment);
    expect(JSON.parse(written.stdout)).toMatchObject({ provider: { ClientIDList: [apiUri] } });
  });
});
