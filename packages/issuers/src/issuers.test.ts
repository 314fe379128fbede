/**
 * Tests as well:
 * - packages/issuers/src/bitbucket.ts
 * - packages/issuers/src/buildkite.ts
 * - packages/issuers/src/circleci.ts
 * - packages/issuers/src/google-shapes.ts
 * - packages/issuers/src/google.ts
 * - packages/issuers/src/key-value-subject.ts
 * - packages/issuers/src/kubernetes.ts
 * - packages/issuers/src/shared-services.ts
 * - packages/issuers/src/terraform-cloud.ts
 * - packages/issuers/src/url.ts
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conditionKeysOf, conditionPrefix, type Issuer, issuerOf, issuers, sharedServices } from './index.ts';
import type { Fact } from './issuer.ts';
import { sourcesOf } from './sources.ts';

const guid = '0b1f6471-1bf0-4dda-aec3-111122223333';
const other = '499b84ac-1321-427f-aa17-267ca6975798';

/** URLs of each, as its tokens have them. */
const urls: Readonly<Record<string, readonly string[]>> = {
  'GitHub Actions': [
    'https://token.actions.githubusercontent.com',
    'https://token.actions.githubusercontent.com/octocat-inc',
    'https://token.actions.octocorp.ghe.com',
    'https://token.actions.octocorp.ghe.com/octocorp',
    'https://github.example.com/_services/token',
    'https://github.example.com:8443/_services/token',
  ],
  'Azure Pipelines': [`https://vstoken.dev.azure.com/${guid}`],
  Entra: [
    `https://login.microsoftonline.com/${guid}/v2.0`,
    `https://login.microsoftonline.us/${guid}/v2.0`,
    `https://login.partner.microsoftonline.cn/${guid}/v2.0`,
    `https://login.chinacloudapi.cn/${guid}/v2.0`,
    `https://login.sovcloud-identity.fr/${guid}/v2.0`,
    `https://sts.windows.net/${guid}/`,
    `https://sts.chinacloudapi.cn/${guid}/`,
  ],
  Kubernetes: [
    'https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE',
    'https://oidc.eks.us-gov-west-1.amazonaws.com/id/B716D3041ED539D4633E53DE1B71EB84',
    'https://oidc.eks.cn-north-1.amazonaws.com.cn/id/EB8440E65FAFC194F7021319931A59AD',
    'https://oidc-eks.us-east-1.api.aws/id/EB8440E65FAFC194F7021319931A59AD',
    `https://westeurope.oic.prod-aks.azure.com/${guid}/${other}/`,
    `https://usgovvirginia.oic.prod-aks.azure.us/${guid}/${other}/`,
    `https://chinanorth2.oic.prod-aks.azure.cn/${guid}/${other}/`,
    'https://container.googleapis.com/v1/projects/acme/locations/europe-west1/clusters/prod',
  ],
  'GitLab CI/CD': ['https://gitlab.com'],
  'HCP Terraform': ['https://app.terraform.io', 'https://app.eu.terraform.io'],
  Buildkite: ['https://agent.buildkite.com', 'https://agent.acme.buildkite.dev', 'https://agent.acme.buildkite.site'],
  CircleCI: [`https://oidc.circleci.com/org/${guid}`],
  'Bitbucket Pipelines': ['https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc'],
  Google: ['https://accounts.google.com'],
};
const all = Object.entries(urls).flatMap(([title, own]) => own.map((url) => ({ title, url })));
const byTitle = (title: string) => issuers.find((one) => one.title === title) as Issuer;

/** What looks like a URL and is not it: the parts of a URL changed, one at a time. */
const lookAlikes: readonly ((url: string) => string)[] = [
  (url) => url.replace('https:', 'http:'),
  (url) => url.replace('https:', 'HTTPS:'),
  (url) => url.replace('https://', ''),
  (url) => url.replace('https://', 'https://user@'),
  (url) => url.replace('https://', 'https://evil.example/'),
  (url) => url.replace('https://', 'https://evil.example#'),
  (url) => url.replace(/\/\/([^/:]+)/, (_all, host) => `//${host.toUpperCase()}`),
  (url) => url.replace(/\/\/([^/:]+)(:\d+)?/, '//$1:443'),
  (url) => (url.endsWith('/') ? url.slice(0, -1) : `${url}/`),
  (url) => `${url}/more`,
  (url) => `${url}?a=b`,
  (url) => `${url}#a`,
  (url) => `${url}/../x`,
  (url) => `${url} `,
  (url) => ` ${url}`,
  (url) => `${url}\n`,
];
/** Of hosts: a server of GitHub's may have any. */
const otherHosts: readonly ((url: string) => string)[] = [
  (url) => url.replace(/\/\/([^/:]+)/, '//$1.evil.example'),
  (url) => url.replace('//', '//evil-'),
  (url) => url.replace('//', '//evil.example.'),
  (url) => url.replace(/\/\/([^/:]+)/, '//$1:8443'),
  (url) => url.replace(/\/\/([^/]*?)\./, '//$1x'),
  (url) => url.replace(/\/\/([^/:]+)/, '//$1.'),
];

describe('The URL of an issuer', () => {
  it.each(all)('$url is of $title, and of nobody else', ({ title, url }) => {
    expect(issuers.filter((one) => one.is(url)).map((one) => one.title)).toEqual([title]);
    expect(issuerOf(url)?.title).toBe(title);
  });

  it.each(all)('$url is not recognized with anything about it changed', ({ title, url }) => {
    const hosts = url.includes('/_services/token') ? [] : otherHosts;
    for (const change of [...lookAlikes, ...hosts]) {
      const changed = change(url);
      if (changed !== url && !all.some((one) => one.url === changed)) {
        // An enterprise's slug is one segment more.
        const isSlug = title === 'GitHub Actions' && changed === `${url}/more` && !/(com\/.+|token)$/.test(url);
        expect([changed, byTitle(title).is(changed)]).toEqual([changed, isSlug]);
      }
    }
  });

  it('is none of what only resembles it', () => {
    const texts = [
      '',
      'https://',
      'https:///',
      'gh.evil.example',
      `https://vstoken.dev.azure.com/acme`,
      'https://ghe.com',
      'https://github.com/_services/token',
    ];
    const more = [
      'https://token.actions.ghe.com',
      ...[`https://vstoken.dev.azure.com/${guid}`, `https://login.microsoftonline.com/${guid}/v2.0`].map((url) =>
        url.replace(guid, guid.toUpperCase()),
      ),
      `https://sts.windows.net/${guid.toUpperCase()}/`,
      `https://oidc.circleci.com/org/${guid.toUpperCase()}`,
      `https://westeurope.oic.prod-aks.azure.com/${guid}/`,
      'https://token.actions.a.b.ghe.com',
      'https://login.microsoftonline.com/common/v2.0',
    ];
    const last = [
      'https://token.actions.githubusercontent.com/..',
      'https://token.actions.githubusercontent.com/a%2Fb',
    ];
    for (const text of [...texts, ...more, ...last]) expect([text, issuerOf(text)]).toEqual([text, undefined]);
  });

  it('answers for any text, however long', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom(...all.map(({ url }) => url)));
    fc.assert(fc.property(text, text, (a, b) => issuers.every((one) => typeof one.is(a + b) === 'boolean')));
    for (const part of ['a', '.', '/', ':', '-', 'a.', '%3A', 'a/', 'https://']) {
      const long = part.repeat(100_000 / part.length);
      for (const one of issuers) {
        expect(one.is(`https://${long}`)).toBe(false);
        one.parseSubject(long);
        one.subjectParts(long);
      }
    }
  });
});

/** Subjects of each, as its tokens have them. */
const subjects: Readonly<Record<string, readonly string[]>> = {
  'GitHub Actions': [
    'repo:octo-org/octo-repo:ref:refs/heads/demo-branch',
    'repo:octo-org/octo-repo:ref:refs/tags/v1',
    'repo:octo-org/octo-repo:ref:refs/pull/7/merge',
    'repo:octo-org/octo-repo:pull_request',
    'repo:octo-org/octo-repo:environment:Production%3AV1',
    'repo:octo-org@123456/octo-repo@456789:ref:refs/heads/main',
    'repo:octo-org/octo-repo',
    'repo:octo-org/octo-repo:environment:prod:job_workflow_ref:octo-org/a/.github/workflows/oidc.yml@refs/heads/main',
    'repo:octo-org/octo-repo:pull_request:actor:octocat',
    'repository_owner:monalisa:repository_visibility:private',
    'repository_owner_id:65001:environment:production',
    'repo_property_team:platform',
    'pull_request:repository_owner:octo-org',
    'pull_request',
    'repository_owner_id:65001:jti:3a1e7c52-0b9d-4f6e-8a2d-5c4b3f1e0d9a',
    'job_workflow_ref:octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main',
  ],
  'Azure Pipelines': ['sc://contoso/web/deploy', 'p://contoso/My Project/folder/release'],
  Entra: [
    `/eid1/c/pub/t/rISbSSETf0KqFyZ8ppdXmA/a/rISbSSETf0KqFyZ8ppdXmA/sc/${guid}/${other}`,
    `/eid1/c/usg/t/rISbSSETf0KqFyZ8ppdXmA/a/rISbSSETf0KqFyZ8ppdXmA/sc/${guid}/${other}`,
    `/eid1/c/chn/t/rISbSSETf0KqFyZ8ppdXmA/a/rISbSSETf0KqFyZ8ppdXmA/sc/${guid}/${other}`,
    '11111111-2222-4333-8444-555566667777',
    'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
  ],
  Kubernetes: ['system:serviceaccount:agents:azp', 'system:serviceaccount:ns-1:a.b'],
  'GitLab CI/CD': [
    'project_path:mygroup/sub/myproject:ref_type:branch:ref:main',
    'project_path:mygroup/myproject:environment:prod',
    'project_id:57382910:ref_type:branch:ref:main',
  ],
  'HCP Terraform': ['organization:acme:project:Default Project:workspace:web:run_phase:apply'],
  Buildkite: ['organization:acme:pipeline:web:ref:refs/heads/main:commit:abc123:step:deploy', guid],
  CircleCI: [
    `org/${guid}/project/${guid}/user/${other}`,
    `org/${guid}/project/${guid}/user/${other}/vcs-origin/github.com/acme/web/vcs-ref/refs/heads/main`,
  ],
  'Bitbucket Pipelines': [`{${guid}}:{${other}}`, `{${guid}}:{${other}}:{${guid}}`],
  Google: ['110248495921238986420'],
};
const allSubjects = Object.entries(subjects).flatMap(([title, own]) => own.map((subject) => ({ title, subject })));

describe('A subject', () => {
  it.each(allSubjects)('$subject of $title prints as it was read', ({ title, subject }) => {
    const issuer = byTitle(title);
    const parsed = issuer.parseSubject(subject);
    expect(parsed).toBeDefined();
    expect(issuer.formatSubject(parsed)).toBe(subject);
  });

  it('prints as it was read, whatever was read', () => {
    const pieces = [
      'repo:',
      'a/b',
      'a@1/b@2',
      ':',
      'ref:',
      'refs/heads/',
      'refs/tags/',
      'pull_request',
      'environment:',
      '%3A',
      '@',
      '/',
    ];
    const more = [
      'sc://',
      'p://',
      'org/',
      guid,
      '{',
      '}',
      'project_path:',
      'organization:',
      'pipeline:',
      'system:serviceaccount:',
      'x',
      '*',
    ];
    const ids = [
      '/eid1/c/pub/t/',
      'rISbSSETf0KqFyZ8ppdXmA',
      '/a/',
      '/sc/',
      '/project/',
      '/user/',
      '/vcs-origin/',
      '/vcs-ref/',
    ];
    const piece = fc.oneof(fc.constantFrom(...pieces, ...more, ...ids), fc.string({ maxLength: 3 }));
    const whole = fc.constantFrom(...allSubjects.map(({ subject }) => subject));
    const text = fc
      .tuple(fc.oneof(whole, fc.constant('')), fc.array(piece, { maxLength: 8 }))
      .map(([a, b]) => a + b.join(''));
    fc.assert(
      fc.property(text, (subject) => {
        for (const one of issuers) {
          const parsed = one.parseSubject(subject);
          if (parsed !== undefined) expect(one.formatSubject(parsed)).toBe(subject);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['repo:octo/app:refs/heads/main', 'a ref without its name'],
    ['repo:octo/app:ref:main', 'a branch without refs/heads/'],
    ['repo:octo/app:ref:refs/heads/', 'a branch without a name'],
    ['repo:octo/app:ref:refs/heads', 'a folder of branches'],
    ['repo:octo/app:ref:refs/tags/', 'a tag without a name'],
    ['repo:octo/app:ref:refs/heads//main', 'an empty part'],
    ['repo:octo/app:ref:refs/heads/a b', 'a blank in a branch'],
    ['ref:refs/heads/', 'a branch without a name, customized'],
    ['repo:octo/app:environment:a:b', 'a colon that is not escaped'],
    ['repo:octo/app:environment:', 'an empty environment'],
    ['repo:https://github.com/octo/app:pull_request', 'a URL in the place of the name'],
    ['repo:octo@1/app:pull_request', 'one id alone'],
    ['repo:octo@a/app@2:pull_request', 'an id that is no number'],
    ['repo:octo:pull_request', 'no repository'],
    ['repo:octo/app:colour:red', 'a claim that GitHub does not have'],
    ['repo:octo/app:pull_request:pull_request', 'a context twice'],
    ['pull_request:actor', 'a claim without a value'],
    ['', 'nothing'],
  ])('%s is none of GitHub: %s', (subject) => {
    expect(byTitle('GitHub Actions').parseSubject(subject)).toBeUndefined();
  });

  it.each([
    ['Azure Pipelines', 'sc://contoso/web'],
    ['Azure Pipelines', 'sc://contoso//deploy'],
    ['Azure Pipelines', 'https://contoso/web/deploy'],
    ['Entra', 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbta'],
    ['Entra', 'octocat@contoso.example'],
    ['Kubernetes', 'system:serviceaccount:azp'],
    ['Kubernetes', 'system:serviceaccount:Agents:azp'],
    ['Kubernetes', 'system:node:agents:azp'],
    ['Entra', `/eid1/c/pup/t/rISbSSETf0KqFyZ8ppdXmA/a/rISbSSETf0KqFyZ8ppdXmA/sc/${guid}/${other}`],
    ['Entra', '/eid1/c/pub/t/rISbSSETf0KqFyZ8ppdXmB/a/rISbSSETf0KqFyZ8ppdXmA/sc/x/y'],
    ['Buildkite', 'organization:acme:pipeline'],
    ['GitLab CI/CD', 'ref:main:project_path:a/b'],
    ['CircleCI', `org/${guid}/project/${guid}`],
    ['Bitbucket Pipelines', guid],
  ])('of %s is not %s', (title, subject) => {
    expect(byTitle(title).parseSubject(subject)).toBeUndefined();
  });

  it('of a service connection holds GUIDs in the order of .NET', () => {
    const [subject = ''] = subjects.Entra ?? [];
    expect(byTitle('Entra').parseSubject(subject)).toMatchObject({
      tenant: other,
      application: other,
      connection: other,
    });
  });

  it.each([
    ['repo:octo/app:ref:refs/heads/*', 'GitHub Actions', { owner: 'octo', project: 'app', job: 'ref:refs/heads/*' }],
    ['repo:octo/*', 'GitHub Actions', { owner: 'octo', project: '*', job: undefined }],
    ['repo:*', 'GitHub Actions', { owner: '*', project: undefined, job: undefined }],
    ['sc://contoso/*/x', 'Azure Pipelines', { owner: 'contoso', project: '*', job: 'x' }],
    ['system:serviceaccount:*', 'Kubernetes', { owner: undefined, project: '*', job: undefined }],
    ['organization:acme:*', 'Buildkite', { owner: 'acme:*', project: undefined, job: undefined }],
    ['organization:acme:pipeline:*', 'Buildkite', { owner: 'acme', project: '*', job: undefined }],
    [
      'project_path:group/*:ref_type:branch:ref:main',
      'GitLab CI/CD',
      { owner: 'group', project: '*', job: 'ref_type:branch:ref:main' },
    ],
    ['project_id:57382910:ref_type:*', 'GitLab CI/CD', { owner: '57382910', project: '57382910', job: 'ref_type:*' }],
    ['org/*/project/x', 'CircleCI', { owner: '*', project: 'x', job: undefined }],
    ['*', 'GitHub Actions', undefined],
  ])('in parts: %s of %s', (pattern, title, parts) => {
    expect(byTitle(title).subjectParts(pattern)).toEqual(parts);
  });

  it('tells who signed where an address does not', () => {
    expect(issuerOf('https://k8s.example', 'system:serviceaccount:a:b')?.title).toBe('Kubernetes');
    expect(issuerOf('https://gitlab.example', 'project_path:a/b:ref_type:branch:ref:main')?.title).toBe('GitLab CI/CD');
    expect(issuerOf('https://tfe.example', 'organization:a:workspace:b:run_phase:plan')?.title).toBe('HCP Terraform');
    expect(issuerOf('https://gh.evil.example', 'repo:octo/app:pull_request')).toBeUndefined();
  });
});

const common = ['aud', 'oaud', 'sub', 'amr', 'email'];
const gitHubKeys = [
  ...['actor', 'actor_id', 'enterprise_id', 'environment', 'job_workflow_ref', 'ref', 'repository', 'repository_id'],
  ...['repository_owner_id', 'workflow'],
];

describe('Condition keys', () => {
  it.each([
    ['https://token.actions.githubusercontent.com', gitHubKeys],
    ['https://token.actions.githubusercontent.com/octocat-inc', gitHubKeys],
    ['https://token.actions.octocorp.ghe.com', gitHubKeys],
    ['https://github.com/enterprises/octocat-inc', gitHubKeys],
    ['https://github.example.com/_services/token', []],
    ['https://token.actions.githubusercontent.com.evil.example', []],
    [`https://vstoken.dev.azure.com/${guid}`, []],
    [`https://login.microsoftonline.com/${guid}/v2.0`, []],
    ['https://gitlab.example.com', []],
    [`https://oidc.circleci.com/org/${guid}`, ['oidc.circleci.com/project-id']],
    ['https://accounts.google.com', ['google/organization_number']],
  ])('of %s', (iss, more) => {
    expect(conditionKeysOf(iss).map(({ name }) => name)).toEqual([...common, ...more]);
  });

  it('are nine of gitlab.com and seven of Buildkite, beside the common ones', () => {
    expect(conditionKeysOf('https://gitlab.com')).toHaveLength(common.length + 9);
    expect(conditionKeysOf('https://agent.buildkite.com')).toHaveLength(common.length + 7);
  });

  it('come from claims that the issuer has', () => {
    for (const { title, url } of all) {
      const { claims } = byTitle(title);
      for (const key of byTitle(title).conditionKeys(url)) {
        if (title !== 'Google') expect(claims).toEqual(expect.arrayContaining([...key.claims]));
      }
    }
  });

  it('begin with the issuer as it is, a slash at its end included', () => {
    expect(conditionPrefix(`https://sts.windows.net/${guid}/`)).toBe(`sts.windows.net/${guid}/`);
  });
});

describe('Each issuer', () => {
  it.each(issuers.map((one) => [one.title, one] as const))(
    '%s has a source for each fact, and its day',
    (_title, one) => {
      const facts: readonly Fact[] = [
        'urls',
        'subjects',
        'claims',
        'condition keys',
        'required by AWS',
        'audiences',
        'owners',
      ];
      const isFlexible = (urls[one.title] ?? []).some((url) => one.flexibleClaims(url));
      const wanted = [
        ...facts,
        ...(one.deprecations.length > 0 ? ['deprecations'] : []),
        ...(isFlexible ? ['flexible claims'] : []),
      ];
      expect(new Set((sourcesOf.get(one) ?? []).flatMap(({ of }) => of))).toEqual(new Set(wanted));
      for (const { url, title, read } of sourcesOf.get(one) ?? []) {
        expect(url).toMatch(/^https:\/\/[^ ]+$/);
        expect(title).not.toBe('');
        expect(read).toMatch(/^2026-\d\d-\d\d$/);
      }
    },
  );

  it('that strangers share says by what its owners differ, and IAM demands it of those on its list', () => {
    for (const { title, url } of all) {
      const issuer = byTitle(title);
      if (issuer.sharedByStrangers(url))
        expect(issuer.ownerClaims.some(({ kind, of }) => kind === 'id' && of === 'owner')).toBe(true);
      // Of an enterprise's own URL at GitHub it is demanded all the same.
      const isSlug = url === 'https://token.actions.githubusercontent.com/octocat-inc';
      if (issuer.requiredByAws(url).length > 0) expect(issuer.sharedByStrangers(url) || isSlug).toBe(true);
    }
    expect(
      all.filter(({ title, url }) => byTitle(title).requiredByAws(url).includes('sub')).map(({ url }) => url),
    ).toEqual([
      'https://token.actions.githubusercontent.com',
      'https://token.actions.githubusercontent.com/octocat-inc',
      'https://gitlab.com',
      'https://app.terraform.io',
      'https://agent.buildkite.com',
    ]);
  });
});

describe('A service that strangers share, and of which no more is known', () => {
  const shared = {
    Codefresh: 'https://oidc.codefresh.io',
    Pulumi: 'https://api.pulumi.com/oidc',
    Vercel: 'https://oidc.vercel.com',
    Scalr: 'https://scalr.io',
    Depot: 'https://identity.depot.dev',
    'IBM Turbonomic': 'https://rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7',
  };
  it.each(Object.entries(shared))('%s has %s, exactly', (title, url) => {
    expect(issuerOf(url)?.title).toBe(title);
    expect(issuers.some((one) => one.is(url))).toBe(false);
    expect(issuerOf(url)?.sharedByStrangers(url)).toBe(true);
    for (const change of [...lookAlikes, ...otherHosts]) {
      // One segment more is a team at Vercel.
      const isTeam = title === 'Vercel' && change(url) === `${url}/more`;
      if (change(url) !== url) expect(issuerOf(change(url))?.title).toBe(isTeam ? 'Vercel (team)' : undefined);
    }
  });

  it('has an owner in what it says of its subjects', () => {
    for (const { exampleSubjects, subjectParts } of sharedServices)
      for (const subject of exampleSubjects) expect(subjectParts(subject)?.owner).toBe('acme');
  });

  it('names its customer in the claim that IAM demands, where that is the audience', () => {
    for (const one of sharedServices)
      for (const url of Object.values(shared).filter((iss) => one.is(iss)))
        expect(one.ownerClaims.map(({ claim }) => claim)).toEqual(
          one.requiredByAws(url).filter((claim) => claim === 'aud'),
        );
  });
});
