/**
 * Tests as well:
 * - packages/issuers/src/azure-devops-hosts.ts
 * - packages/issuers/src/azure-devops-project.ts
 * - packages/issuers/src/code-host.ts
 * - packages/issuers/src/github-repository.ts
 */

import { describe, expect, it } from 'vitest';
import {
  entitlementsHostOf,
  formOfIssuersAt,
  gitHubIssuerAt,
  gitHubServerIssuer,
  isAzureDevOpsHost,
  issuerOf,
  otherCodeHostOf,
  parseOrganizationId,
  parseProjectName,
  parseRepositoryName,
} from './index.ts';

describe('a repository as users have it', () => {
  it.each([
    ['octo/app', undefined],
    ['octo/app.git', undefined],
    ['octo/app/', undefined],
    ['https://github.com/octo/app', 'github.com'],
    ['https://github.com/octo/app.git', 'github.com'],
    ['https://github.com/octo/app/', 'github.com'],
    ['https://www.github.com/octo/app', 'github.com'],
    ['https://GitHub.com/octo/app', 'github.com'],
    ['https://me:secret@github.com/octo/app.git', 'github.com'],
    ['github.com/octo/app', 'github.com'],
    ['git@github.com:octo/app.git', 'github.com'],
    ['git@github.com:octo/app', 'github.com'],
    ['ssh://git@github.com/octo/app.git', 'github.com'],
    ['ssh://git@ssh.github.com:443/octo/app.git', 'github.com'],
    ['git://github.com/octo/app.git', 'github.com'],
    ['https://acme.ghe.com/octo/app', 'acme.ghe.com'],
    ['https://ghes.example.com:8443/octo/app', 'ghes.example.com:8443'],
  ])('%s', (text, host) => expect(parseRepositoryName(text)).toEqual({ owner: 'octo', repository: 'app', host }));

  it('keeps the case and the dots of names', () =>
    expect(parseRepositoryName('Octo/App.js.git')).toEqual({ owner: 'Octo', repository: 'App.js', host: undefined }));

  it.each([
    ...[
      '',
      'octo',
      'octo/',
      '/app',
      'octo/app/web',
      'octo/.git',
      'octo/..',
      'octo/a b',
      ' octo/app',
      'octo/app ',
      'o*/app',
    ],
    ...[
      'https://github.com/octo',
      'https://github.com/octo/app/tree/main',
      'https://github.com/octo/app?tab=x',
      'https://',
    ],
    ...[
      'https://github.com/octo/app#readme',
      'git@github.com:octo',
      'octo:app',
      'octo/app:main',
      'octo/app@v1',
      'octo\\app',
    ],
    ...['-octo/app', 'octo-/app', 'oc--to/app', '_octo/app', 'octo_/app', 'oc.to/app', 'o_c_t/app', 'octö/app'],
    ...[`${'o'.repeat(40)}/app`, `octo/${'a'.repeat(101)}`, 'octo/app.wiki', 'octo/app.git.git', 'octo/app.GIT'],
    ...['https://github.com/-octo/app', 'git@github.com:octo-/app.git', 'github.com/octo/app.wiki.git'],
  ])('%j is none', (text) => expect(parseRepositoryName(text)).toBeUndefined());

  it.each(['o', '0', 'octo-inc', 'o-c-t-o', 'octo_acme', 'octo-cat_acme', 'O'.repeat(39)])(
    'may be of the owner %s',
    (owner) => expect(parseRepositoryName(`${owner}/app`)?.owner).toBe(owner),
  );

  it.each(['a', '.github', 'app.js', '-app', 'app-', '_', 'a'.repeat(100), 'gitapp', 'app.gitx'])(
    'may be called %s',
    (repository) => expect(parseRepositoryName(`octo/${repository}`)?.repository).toBe(repository),
  );

  it('has the issuer of its server, where GitHub runs that', () => {
    expect(gitHubIssuerAt('github.com')).toBe('https://token.actions.githubusercontent.com');
    expect(gitHubIssuerAt('acme.ghe.com')).toBe('https://token.actions.acme.ghe.com');
    for (const host of ['ghe.com', 'a.b.ghe.com', '-.ghe.com', 'evilghe.com', 'github.com.evil.example', 'gitlab.com'])
      expect(gitHubIssuerAt(host)).toBeUndefined();
    expect(issuerOf(gitHubServerIssuer('ghes.example.com'))?.title).toBe('GitHub Actions');
  });
});

describe('a project of Azure DevOps as users have it', () => {
  it.each([
    'contoso/web',
    'https://dev.azure.com/contoso/web',
    'https://dev.azure.com/contoso/web/',
    'dev.azure.com/contoso/web',
    'https://contoso@dev.azure.com/contoso/web/_git/app',
    'https://dev.azure.com/contoso/web/_build?definitionId=7&_a=summary',
    'git@ssh.dev.azure.com:v3/contoso/web/app',
    'https://contoso.visualstudio.com/web',
    'contoso.visualstudio.com/web',
    'https://contoso.visualstudio.com/DefaultCollection/web/_git/app',
  ])('%s', (text) => expect(parseProjectName(text)).toEqual({ organization: 'contoso', project: 'web' }));

  it('reads the blanks of a name, escaped in an address alone', () => {
    expect(parseProjectName('contoso/Web Shop')?.project).toBe('Web Shop');
    expect(parseProjectName('https://dev.azure.com/contoso/Web%20Shop/_build')?.project).toBe('Web Shop');
    expect(parseProjectName('contoso/100%25')?.project).toBe('100%25');
  });

  it.each([
    ...['', 'contoso', 'contoso/', '/web', 'contoso/web/app', 'contoso/ web', 'https://dev.azure.com/contoso'],
    ...[
      'https://dev.azure.com/contoso/web/app',
      'https://tfs.example.com/contoso/web',
      'https://contoso.visualstudio.com',
    ],
    ...[
      'https://dev.azure.com.evil.example/contoso/web',
      'https://a.b.visualstudio.com/web',
      'git@ssh.dev.azure.com:v3/contoso',
    ],
  ])('%j is none', (text) => expect(parseProjectName(text)).toBeUndefined());

  const id = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
  it('has the id of its organization with dashes, in lower case', () => {
    const bare = id.replaceAll('-', '');
    for (const text of [
      id,
      id.toUpperCase(),
      bare,
      bare.toUpperCase(),
      `{${id}}`,
      `https://vstoken.dev.azure.com/${id}`,
      `https://vstoken.dev.azure.com/${id.toUpperCase()}`,
      `VisualStudioOnline-${bare}`,
      `visualstudioonline-${bare.toUpperCase()}`,
    ])
      expect(parseOrganizationId(text)).toBe(id);
    for (const text of [
      '',
      'contoso',
      bare.slice(1),
      `${bare}0`,
      `${id} `,
      `https://example.com/${id}`,
      `VisualStudioOnline${bare}`,
      `VisualStudioOnline-${bare}0`,
      bare.replace('a', 'g'),
    ])
      expect(parseOrganizationId(text)).toBeUndefined();
  });
});

describe('a URL on the host of a known issuer that is none of its issuers', () => {
  const guid = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
  const aks = (path: string) => `https://westeurope.oic.prod-aks.azure.com/${path}`;
  const eks = (path: string) => `https://oidc.eks.eu-central-1.amazonaws.com/id/${path}`;
  it.each([
    ['https://vstoken.dev.azure.com/contoso', 'https://vstoken.dev.azure.com/<organization id>'],
    ['https://login.microsoftonline.com/common/v2.0', 'https://login.microsoftonline.com/<tenant id>/v2.0'],
    [`https://login.microsoftonline.com/${guid}`, 'https://login.microsoftonline.com/<tenant id>/v2.0'],
    ['https://sts.windows.net/contoso/', 'https://sts.windows.net/<tenant id>/'],
    ['https://gitlab.com/acme', 'https://gitlab.com'],
    [`https://vstoken.dev.azure.com/${guid.toUpperCase()}`, 'https://vstoken.dev.azure.com/<organization id>'],
    ['https://dev.azure.com', 'https://vstoken.dev.azure.com/<organization id>'],
    ['https://dev.azure.com/contoso', 'https://vstoken.dev.azure.com/<organization id>'],
    [`https://dev.azure.com/${guid}`, 'https://vstoken.dev.azure.com/<organization id>'],
    ['https://contoso.visualstudio.com', 'https://vstoken.dev.azure.com/<organization id>'],
    ['https://github.com', 'https://token.actions.githubusercontent.com'],
    ['https://github.com/octo/app', 'https://token.actions.githubusercontent.com'],
    ['https://github.com/_services/token', 'https://token.actions.githubusercontent.com'],
    ['https://api.github.com', 'https://token.actions.githubusercontent.com'],
    ['https://vstoken.actions.githubusercontent.com', 'https://token.actions.githubusercontent.com'],
    ['https://vstoken.actions.githubusercontent.com/octo', 'https://token.actions.githubusercontent.com'],
    [aks(`${guid}/`), aks('<tenant id>/<cluster id>/')],
    [aks(`${guid}/${guid}`), aks('<tenant id>/<cluster id>/')],
    [aks(`${guid}/${guid.toUpperCase()}/`), aks('<tenant id>/<cluster id>/')],
    ['https://oidc.eks.eu-central-1.amazonaws.com/id/abc', eks('<32 letters and digits>')],
    ['https://buildkite.com/acme', 'https://agent.buildkite.com'],
    ['https://terraform.io', 'https://app.terraform.io'],

    ['https://oidc.circleci.com/org/acme', 'https://oidc.circleci.com/org/<organization id>'],
  ])('%s: %s', (iss, form) => expect(formOfIssuersAt(iss)).toBe(form));

  it.each([
    `https://vstoken.dev.azure.com/${guid}`,
    'https://example.com/x',
    'https://github.com/login/oauth',
    'https://github.com/enterprises/acme',
    'https://app.vstoken.visualstudio.com',
    aks(`${guid}/${guid}/`),
    'https://vstoken.dev.azure.com.evil.example/x',
  ])('%s is not', (iss) => expect(formOfIssuersAt(iss)).toBeUndefined());
});

describe('a host that has no jobs of GitHub', () => {
  it.each([
    ...['gitlab.com', 'GitLab.com', 'gitlab.com:443', 'altssh.gitlab.com'].map((host) => [host, 'GitLab'] as const),
    ...['bitbucket.org', 'altssh.bitbucket.org'].map((host) => [host, 'Bitbucket'] as const),
    ...['dev.azure.com', 'ssh.dev.azure.com', 'contoso.visualstudio.com', 'vs-ssh.visualstudio.com'].map(
      (host) => [host, 'Azure DevOps'] as const,
    ),
  ])('%s is of %s', (host, of) => expect(otherCodeHostOf(host)).toBe(of));

  it.each([
    'github.com',
    'acme.ghe.com',
    'ghes.example.com',
    'gitlab.example.com',
    'evilgitlab.com',
    'gitlab.com.example',
  ])('%s is not known to be another', (host) => expect(otherCodeHostOf(host)).toBeUndefined());
});

describe('the hosts of Azure DevOps', () => {
  it.each([
    ...['dev.azure.com', 'DEV.azure.com', 'dev.azure.com:443', 'contoso.visualstudio.com'].map(
      (host) => [host, true] as const,
    ),
    ...['ssh.dev.azure.com', 'vstoken.dev.azure.com', 'visualstudio.com', 'a.b.visualstudio.com'].map(
      (host) => [host, false] as const,
    ),
    ...[
      'dev.azure.com.evil.example',
      'evil-dev.azure.com',
      'dev.azure.com:8443',
      'contoso.evilvisualstudio.com',
      '',
    ].map((host) => [host, false] as const),
  ])('%j: %s', (host, is) => expect(isAzureDevOpsHost(host)).toBe(is));

  it('of users are others', () => {
    expect(entitlementsHostOf('dev.azure.com')).toBe('vsaex.dev.azure.com');
    expect(entitlementsHostOf('contoso.visualstudio.com')).toBe('contoso.vsaex.visualstudio.com');
    expect(entitlementsHostOf('127.0.0.1:8080')).toBe('127.0.0.1:8080');
  });
});
