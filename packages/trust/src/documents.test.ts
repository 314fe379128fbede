/**
 * Tests as well:
 * - packages/trust/src/entra-application.ts
 * - packages/trust/src/git-ref.ts
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { azurePipelinesJob } from './azure-pipelines-job.ts';
import { flexibleTrust } from './flexible.ts';
import { gitHubJob } from './github-job.ts';
import { inspectClaims } from './inspect.ts';
import { connectionJob, jobOf, kubernetesJob } from './job.ts';
import { awsTrust, formatAwsTrust } from './write-aws.ts';
import { entraTrust, formatEntraTrust } from './write-entra.ts';

const account = '123456789012';
const written = (name: string) => readFileSync(join(import.meta.dirname, '..', 'documents', `${name}.txt`), 'utf8');
/** Names that mean something in each of the languages. */
const hostile = { branch: "it's-${x}", environment: "it's \\ ${x}: %{y}" };

describe('what is written, to the letter', () => {
  const job = gitHubJob(
    {
      ...{ owner: 'octo', repository: 'app', branch: hostile.branch },
      workflow: 'octo/w/.github/workflows/d.yml@refs/heads/main',
    },
    'aws',
  );
  const place = { account, partition: 'aws', role: 'deploy' };
  it.each(['json', 'aws', 'terraform', 'cloudformation'] as const)('for AWS as %s', (format) => {
    expect(`${formatAwsTrust(awsTrust(job, place), place, format)}\n`).toBe(written(`aws-${format}`));
  });

  const credential = entraTrust(
    gitHubJob({ owner: 'octo', repository: 'app', environment: hostile.environment }, 'entra'),
    'fedbridge',
  );
  const places = {
    application: { application: 'app-id', uniqueName: 'uni' },
    'managed-identity': { managedIdentity: "agent's", resourceGroup: 'ci' },
  };
  it.each(['json', 'az', 'terraform', 'bicep'] as const)('for Entra as %s', (format) => {
    for (const [name, one] of Object.entries(places))
      expect(`${formatEntraTrust(credential, one, format)}\n`, name).toBe(written(`entra-${format}-${name}`));
  });

  const flexible = flexibleTrust(
    gitHubJob({ owner: 'octo', repository: 'app', ownerId: '65001', repositoryId: '724113', anyRef: true }, 'entra'),
    'fedbridge',
  );
  it.each(['json', 'az', 'terraform', 'bicep'] as const)('for Entra with an expression, as %s', (format) => {
    for (const [name, one] of Object.entries(places))
      expect(`${formatEntraTrust(flexible, one, format)}\n`, name).toBe(written(`entra-flexible-${format}-${name}`));
  });

  it('in Bicep no line is broken, and an application without a unique name is named by its id', () => {
    const subject = 'a\nb\rc\td';
    const text = formatEntraTrust({ ...credential, subject }, { application: 'app-id' }, 'bicep');
    expect(text).toContain("  subject: 'a\\nb\\rc\\td'\n");
    expect(text).toContain("  uniqueName: 'app-id'\n");
  });

  it('what is wider says so, and an azp stands in the place of the audience', () => {
    const wide = gitHubJob({ owner: 'octo', repository: 'app', ownerId: '1', repositoryId: '2', anyRef: true }, 'aws');
    expect(wide.wider).toBe('every branch, tag, environment and pull request of octo/app');
    expect(awsTrust(wide, { account, partition: 'aws-cn' }).trustPolicy.Statement).toEqual([
      {
        Sid: 'WiderThanOneKindOfJob',
        Effect: 'Allow',
        Principal: { Federated: `arn:aws-cn:iam::${account}:oidc-provider/token.actions.githubusercontent.com` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
          StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:octo@1/app@2:*' },
        },
      },
    ]);
    const { provider, trustPolicy } = awsTrust(connectionJob('https://issuer.example.com/v2.0', '/eid1/x'), place);
    expect(provider).toEqual({
      Url: 'https://issuer.example.com/v2.0',
      ClientIDList: ['499b84ac-1321-427f-aa17-267ca6975798'],
    });
    expect(trustPolicy.Statement[0].Condition.StringEquals).toEqual({
      'issuer.example.com/v2.0:aud': '499b84ac-1321-427f-aa17-267ca6975798',
      'issuer.example.com/v2.0:oaud': 'fb60f99c-7a34-4190-8149-302f77469936',
      'issuer.example.com/v2.0:sub': '/eid1/x',
    });
  });
});

describe('the job of options', () => {
  const app = { owner: 'octo', repository: 'app' };
  it.each([
    [{ branch: 'main' }, 'repo:octo/app:ref:refs/heads/main'],
    [{ tag: 'v1' }, 'repo:octo/app:ref:refs/tags/v1'],
    [{ environment: 'a:b:c' }, 'repo:octo/app:environment:a%3Ab%3Ac'],
    [{ pullRequest: true }, 'repo:octo/app:pull_request'],
    [{ branch: 'main', ownerId: '1', repositoryId: '2' }, 'repo:octo@1/app@2:ref:refs/heads/main'],
    [{ branch: 'refs/heads/main' }, 'repo:octo/app:ref:refs/heads/main'],
    [{ branch: 'refs/heads/heads/main' }, 'repo:octo/app:ref:refs/heads/heads/main'],
    [{ branch: 'refs/heads/refs/heads/main' }, 'repo:octo/app:ref:refs/heads/refs/heads/main'],
    [{ tag: 'refs/tags/v1' }, 'repo:octo/app:ref:refs/tags/v1'],
    [{ environment: 'what?' }, 'repo:octo/app:environment:what?'],
    [{ environment: 'refs/heads/main' }, 'repo:octo/app:environment:refs/heads/main'],
  ])('%j: %s', (options, subject) => {
    expect(gitHubJob({ ...app, ...options }, 'entra')).toEqual({
      issuer: 'https://token.actions.githubusercontent.com',
      subject,
      audience: 'api://AzureADTokenExchange',
      wider: undefined,
    });
    const own = { issuer: 'https://octo.ghe.com', audience: 'mine' };
    expect(gitHubJob({ ...app, ...options, ...own }, 'aws')).toMatchObject({ ...own, subject });
  });

  it.each([
    ...['', '-octo', 'octo-', 'oc--to', 'oc.to', '_octo', 'octo_', 'o'.repeat(40)].map((owner) => ({ owner })),
    ...['', '.', 'app.git', 'app.wiki', 'a b', 'a'.repeat(101)].map((repository) => ({ repository })),
  ])('%j is called like nothing of GitHub', (name) =>
    expect(() => gitHubJob({ ...app, branch: 'main', ...name }, 'aws')).toThrow('is not the name of'),
  );

  it.each([
    [{ branch: 'main', ownerId: '1' }, 'Immutable subjects need the ids of both'],
    [{ branch: 'main', repositoryId: '1' }, 'Immutable subjects need the ids of both'],
    [{ branch: 'main', ownerId: 'x', repositoryId: '1' }, '"x" is not an id of GitHub, a number.'],
    [{ branch: 'main', ownerId: '1', repositoryId: '1x' }, '"1x" is not an id of GitHub, a number.'],
    [{ branch: 'main', ownerId: '065001', repositoryId: '1' }, '"065001" is not an id of GitHub, a number.'],
    [{ branch: 'main', mutableSubject: true }, 'are the ids of owner and repository.'],
    [
      { branch: 'main', ownerId: '1', repositoryId: '2', issuer: 'https://ghes.example.com/_services/token' },
      'GitHub Enterprise Server has no immutable subjects',
    ],
    [{ branch: 'main', owner: 'o/o' }, '"o/o" is not the name of an owner.'],
    [{ branch: 'main', repository: '..' }, '".." is not the name of a repository.'],
    [{ branch: 'main', repository: ' app' }, '" app" is not the name of a repository.'],
    [{}, 'Name one of: a branch, a tag, an environment, pull requests, or every ref.'],
    [{ branch: 'main', tag: 'v1' }, 'Name one of: a branch'],
    [{ pullRequest: false }, 'Name one of: a branch'],
    [{ branch: '' }, 'The branch is empty.'],
    [{ tag: '' }, 'The tag is empty.'],
    [{ environment: '' }, 'The environment is empty.'],
    [{ branch: 'release/*' }, '"release/*" has *, which is no wildcard here'],
    [{ environment: 'prod-*' }, '"prod-*" has *, which is no wildcard here'],
    [{ environment: 'prod ' }, '"prod " begins or ends with a blank'],
    [{ environment: 'x'.repeat(256) }, 'The environment has 256 characters, and GitHub allows 255.'],
    [{ tag: 'a\nb' }, 'The tag has a control character.'],
    [{ branch: 'refs/tags/v1' }, '"refs/tags/v1" is a ref of another kind'],
    [{ tag: 'refs/heads/main' }, '"refs/heads/main" is a ref of another kind'],
    [{ branch: 'refs/pull/7/merge' }, '"refs/pull/7/merge" is a ref of another kind'],
    [{ branch: 'heads/main' }, '"heads/main" may mean two'],
    [{ tag: 'tags/v1' }, '"tags/v1" may mean two'],
    [{ branch: 'refs/main' }, '"refs/main" may mean two'],
    [{ branch: 'refs/heads/' }, 'The branch is empty.'],
    [{ branch: 'main', workflow: 'x' }, '"x" is not how a token names a reusable workflow.'],
    [{ branch: 'main', workflow: 'o/r/.github/workflows/w.yml@main' }, 'is not how a token names'],
    [{ branch: 'main', workflow: '-o/r/.github/workflows/w.yml@refs/heads/main' }, 'is not how a token names'],
    [{ branch: 'main', workflow: 'o/r.git/.github/workflows/w.yml@refs/heads/main' }, 'is not how a token names'],
    [{ branch: 'main', workflow: 'o/r/.github/workflows/w.yml@refs/heads/' }, 'is not how a token names'],
    [{ branch: 'main', workflow: 'o/r/.github/workflows/*@refs/heads/main' }, 'has *, which is no wildcard here'],
  ])('%j is refused: %s', (options, message) => {
    expect(() => gitHubJob({ ...app, ...options }, 'entra')).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining(message) }),
    );
  });

  it.each([
    ...['a b', 'a:b', 'a?', 'a..b', 'a~1', 'a^', 'a[', 'a\\b', '/a', 'a/', 'a//b', 'a.lock', 'a.', '.a', '@', 'a@{1}'],
  ])('a branch or a tag %j is refused, as git has none', (name) => {
    for (const options of [{ branch: name }, { tag: name }, { branch: `refs/heads/${name}` }])
      expect(() => gitHubJob({ ...app, ...options }, 'aws')).toThrow('has what git allows in no name');
  });

  const organizationId = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
  it('of Azure Pipelines', () => {
    const web = { organization: 'contoso', project: 'web' };
    expect(azurePipelinesJob({ ...web, organizationId, pipeline: 'release' })).toEqual({
      issuer: `https://vstoken.dev.azure.com/${organizationId}`,
      subject: 'p://contoso/web/release',
      audience: 'api://AzureADTokenExchange',
    });
    const own = { issuer: 'https://issuer.example.com', audience: 'mine' };
    expect(azurePipelinesJob({ ...web, ...own, connection: 'azure' })).toEqual({
      ...own,
      subject: 'sc://contoso/web/azure',
    });
    for (const id of [organizationId.toUpperCase(), organizationId.replaceAll('-', ''), `{${organizationId}}`])
      expect(azurePipelinesJob({ ...web, organizationId: id, connection: 'what?' })).toEqual({
        issuer: `https://vstoken.dev.azure.com/${organizationId}`,
        subject: 'sc://contoso/web/what?',
        audience: 'api://AzureADTokenExchange',
      });
    for (const [options, message] of [
      [{}, 'Name a pipeline, for jobs without a service connection, or a service connection.'],
      [{ pipeline: 'a', connection: 'b' }, 'Name a pipeline'],
      [{ pipeline: 'a' }, '"" is not the id of an organization, a GUID.'],
      [{ pipeline: '*', organizationId }, 'has *, which is no wildcard here'],
      [{ pipeline: '', organizationId }, 'The pipeline is empty.'],
      [{ connection: ' a', organizationId }, '" a" begins or ends with a blank'],
      [{ connection: 'a', organizationId, project: '' }, 'The project is empty.'],
      [{ connection: 'a', organizationId, project: 'a/b' }, 'has a slash'],
    ] as const)
      expect(() => azurePipelinesJob({ ...web, ...options })).toThrow(message);
  });

  it('of a service account', () => {
    expect(kubernetesJob('https://oidc.example.com', 'agents', 'azp', 'aws')).toEqual({
      issuer: 'https://oidc.example.com',
      subject: 'system:serviceaccount:agents:azp',
      audience: 'sts.amazonaws.com',
    });
    expect(kubernetesJob('i', 'a', 'b.c-d', 'entra', 'mine').audience).toBe('mine');
    for (const name of ['', '-a', 'a-', 'A', 'a_b', 'a:b'])
      expect(() => kubernetesJob('i', 'agents', name, 'aws')).toThrow(`"${name}" is not a name of Kubernetes.`);
  });

  it('of a connection, and of a token', () => {
    expect(connectionJob('i', '/eid1/x', 'mine')).toEqual({
      issuer: 'i',
      subject: '/eid1/x',
      audience: 'mine',
      azp: undefined,
    });
    expect(() => connectionJob('i', '/eid1/*')).toThrow('has *, which is no wildcard here');
    const claims = { iss: 'i', sub: 's' };
    expect(jobOf({ ...claims, aud: ['a', 'b'], azp: 'z' })).toEqual({
      issuer: 'i',
      subject: 's',
      audience: 'a',
      otherAudiences: ['b'],
      azp: 'z',
    });
    expect(jobOf({ ...claims, aud: [] }).audience).toBe('');
    for (const azp of ['a', 7, undefined]) expect(jobOf({ ...claims, aud: 'a', azp }).azp).toBeUndefined();
  });
});

describe('what a token says', () => {
  const now = 1_795_000_000;
  const claims = { iss: 'https://issuer.example.com', sub: 's', aud: 'a', exp: now + 60 };
  const tenant = '0b1f6471-1bf0-4dda-aec3-111122223333';
  const ofExchange = {
    iss: `https://login.microsoftonline.com/${tenant}/v2.0`,
    aud: 'fb60f99c-7a34-4190-8149-302f77469936',
  };
  const connection = `/eid1/c/pub/t/ryoDyMTcKECuK4H0rABmEg/a/rISbSSETf0KqFyZ8ppdXmA/sc/${tenant}/${tenant}`;

  it.each([
    [{ sub: 'p://contoso/web/release' }, 'Azure Pipelines', 'a pipeline, without a service connection'],
    [
      { sub: 'sc://contoso/web/azure' },
      'Azure Pipelines',
      'a service connection on the Azure DevOps issuer, which stops on 2027-07-01',
    ],
    [{ sub: connection, ...ofExchange }, 'Azure Pipelines', 'a service connection on the Entra issuer'],
    [
      { sub: connection.replace('/pub/', '/usg/'), iss: `https://login.microsoftonline.us/${tenant}/v2.0` },
      'Azure Pipelines',
      'a service connection on the Entra issuer',
    ],
    [
      { sub: '/eid1/c/pub/t/x/new', ...ofExchange, azp: '499b84ac-1321-427f-aa17-267ca6975798' },
      'Azure Pipelines',
      'a service connection on the Entra issuer',
    ],
    [
      { sub: '/eid1/c/pub/t/ryoDyMTcKECuK4H0rABmEg/a/qzXoWDkuqUa3l6zM5mM0Rw/n/plugin/e/x', ...ofExchange },
      'Entra',
      'a workload of another service of Microsoft',
    ],
    // Whoever has an identity of the tenant asks for this audience.
    [{ sub: '2c3d4e5f-6071-4829-93a4-b5c6d7e8f901', ...ofExchange }, 'Entra', 'a managed identity or an application'],
    [{ aud: 'fb60f99c-7a34-4190-8149-302f77469936' }, 'unknown', 'unknown'],
    [{ sub: 'system:serviceaccount:a:b' }, 'Kubernetes', 'a service account'],
    [{ sub: 'repo:octo@12/app@34:ref:refs/heads/main' }, 'GitHub Actions', 'an immutable subject'],
    [
      { sub: 'repo:octo/app:ref:refs/heads/a@1/b@2:' },
      'GitHub Actions',
      'a subject of names, which can be given to others',
    ],
    [
      { sub: 'x repo:octo/app:y', iss: 'https://token.actions.githubusercontent.com' },
      'GitHub Actions',
      'a customized subject',
    ],
    [{ sub: 'system:x', iss: 'https://token.actions.octo.ghe.com' }, 'GitHub Actions', 'a customized subject'],
    [{ iss: `https://sts.windows.net/${tenant}/` }, 'Entra', 'a managed identity or an application'],
    [{ iss: `https://login.microsoftonline.us/${tenant}/v2.0` }, 'Entra', 'a managed identity or an application'],
    [{ iss: 'https://login.microsoftonline.us/common/v2.0' }, 'unknown', 'unknown'],
    [{ iss: 'https://example.com/https://sts.windows.net/' }, 'unknown', 'unknown'],
    [{ iss: 'https://token.actions.githubusercontent.com.evil.example' }, 'unknown', 'unknown'],
    [{ iss: 'https://gitlab.com' }, 'GitLab CI/CD', 'a job'],
    [
      { sub: 'sc://contoso/web/azure', aud: 'api://AzureADTokenExchangeUSGov' },
      'Azure Pipelines',
      'a service connection on the Azure DevOps issuer',
    ],
    [{}, 'unknown', 'unknown'],
  ])('%j: %s, %s', (changed, platform, form) => {
    expect(inspectClaims({ ...claims, ...changed }, account, 0)).toMatchObject({ platform, form });
  });

  it('its times, and the trusts for it', () => {
    const one = inspectClaims({ ...claims, azp: 'z' }, account, (now + 60) * 1000 - 1);
    expect(one).toMatchObject({
      ...{ issuer: claims.iss, subject: 's', audience: 'a', azp: 'z' },
      ...{ issued: undefined, expires: '2026-11-18T11:07:40.000Z', hasEnded: false },
      trust: {
        aws: awsTrust(jobOf({ ...claims, azp: 'z' }), { account, partition: 'aws' }),
        entra: { name: 's-f45b0a11', issuer: claims.iss, subject: 's', audiences: ['a'] },
      },
    });
    const ended = inspectClaims({ ...claims, iat: now }, account, (now + 60) * 1000);
    expect(ended).toMatchObject({ issued: '2026-11-18T11:06:40.000Z', hasEnded: true });
    expect(inspectClaims({ ...claims, exp: 9e12 }, account, 0).expires).toBe('9000000000000 s');
    expect(inspectClaims({ ...claims, exp: 8.64e12 }, account, 0).expires).toBe('+275760-09-13T00:00:00.000Z');
  });
});
