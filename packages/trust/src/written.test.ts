import {
  conditionKeysOf,
  conditionPrefix,
  entraClouds,
  issuers,
  lastingSubject,
  nearestIssuer,
} from '@fedbridge/issuers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { azurePipelinesJob } from './azure-pipelines-job.ts';
import { credentialName, parseCredentialName } from './credential-name.ts';
import { evaluateTrustPolicy } from './evaluate.ts';
import { matchFederatedCredential } from './federated-credential.ts';
import { flexibleTrust, needsExpression } from './flexible.ts';
import { gitHubJob } from './github-job.ts';
import { inspectClaims } from './inspect.ts';
import { connectionJob, type JobClaims, type TrustedJob } from './job.ts';
import { neverMatches } from './never-matches.ts';
import { parseTrustPolicy } from './policy.ts';
import { lastingJobOf } from './token-job.ts';
import { webIdentityRequest } from './web-identity.ts';
import { awsTrust, formatAwsTrust } from './write-aws.ts';
import { entraTrust, formatEntraTrust } from './write-entra.ts';

const place = { account: '123456789012', partition: 'aws', role: 'deploy' };
const guid = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
const tenant = '1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9';
const job: TrustedJob = { issuer: 'https://issuer.example.com', subject: 's', audience: 'api://AzureADTokenExchange' };

/** Whether AWS lets a token in, by what was written. */
function allows(written: ReturnType<typeof awsTrust>, claims: JobClaims): boolean {
  const [{ Principal }] = written.trustPolicy.Statement;
  const request = webIdentityRequest(claims, Principal.Federated, conditionKeysOf(claims.iss), 0);
  return evaluateTrustPolicy(parseTrustPolicy(written.trustPolicy), request).allowed;
}

describe('the name of a federated credential', () => {
  const text = fc.oneof(fc.string({ maxLength: 200 }), fc.constantFrom('repo:octo/app:ref:refs/heads/main', 'ä', ''));
  it('is one that Entra takes, the same for the same job, and another for another', () => {
    const some = fc.record({ issuer: text, subject: text, audience: fc.constant('a') });
    fc.assert(
      fc.property(some, some, (one, other) => {
        expect(parseCredentialName(credentialName(one))).toBe(credentialName({ ...one }));
        const isSame = one.issuer === other.issuer && one.subject === other.subject;
        expect(credentialName(one) === credentialName(other)).toBe(isSame);
      }),
      { numRuns: 2_000 },
    );
  });

  it('tells those apart that read alike', () => {
    const alike = [
      'repo:octo/app-web:environment:x',
      'repo:octo-app/web:environment:x',
      'repo:octo/app/web:environment:x',
    ];
    const names = alike.map((subject) => credentialName({ ...job, subject }));
    expect(new Set(names).size).toBe(3);
    expect(names[0]).toMatch(/^octo-app-web-environment-x-[\da-f]{8}$/);
    expect(credentialName({ ...job, claims: { repository_id: '1' } })).not.toBe(credentialName(job));
  });

  it.each(['', 'a', 'ab', '-ab', '_ab', 'a b', 'a.b', 'äbc', 'x'.repeat(121), 'abc\n'])('%j is refused', (name) =>
    expect(() => parseCredentialName(name)).toThrow('has 3 to 120 letters'),
  );
  it.each(['abc', '0-_', 'x'.repeat(120)])('%j is taken', (name) => expect(parseCredentialName(name)).toBe(name));
});

describe('what no document can ever allow', () => {
  const both: readonly (readonly [string, Partial<TrustedJob>, string])[] = [
    ['an issuer over HTTP', { issuer: 'http://issuer.example.com' }, 'not an https:// URL'],
    ['an issuer that is a name', { issuer: 'accounts.google.com' }, 'not an https:// URL'],
    ['a script for an issuer', { issuer: 'javascript:alert(1)' }, 'not an https:// URL'],
    ['an issuer with a query', { issuer: 'https://i.example.com/?x' }, 'not an https:// URL'],
    ['an issuer with a fragment', { issuer: 'https://i.example.com/#x' }, 'not an https:// URL'],
    ['an issuer with a user', { issuer: 'https://me@i.example.com' }, 'not an https:// URL'],
    ['an issuer with a blank', { issuer: 'https://i.example.com/ ' }, 'not an https:// URL'],
    ['no subject', { subject: '' }, 'The subject is empty.'],
    ['no audience', { audience: '' }, 'The audience is empty.'],
    ['a line break', { subject: 'a\nb' }, 'control character'],
    ['a control character in the audience', { audience: 'a\0' }, 'control character'],
  ];
  it.each(both)('%s', (_title, change, message) => {
    for (const cloud of ['aws', 'entra'] as const)
      expect(neverMatches({ ...job, ...change }, cloud)).toContain(message);
  });

  const entraIssuer = `https://login.microsoftonline.com/${tenant}/v2.0`;
  const atEntra: readonly (readonly [string, Partial<TrustedJob>, string])[] = [
    [
      'a pipeline that speaks for itself',
      { subject: 'p://contoso/web/release' },
      'no pipeline without a service connection',
    ],
    ['a subject of 601 letters', { subject: 'x'.repeat(601) }, 'has 601 characters, and Entra takes 600'],
    ['an issuer of 601 letters', { issuer: `https://i.example.com/${'x'.repeat(579)}` }, 'has 601 characters'],
    ['a blank at the end', { subject: 's ' }, 'begins or ends with a blank'],
    ['a blank at the beginning', { subject: ' s' }, 'begins or ends with a blank'],
    ['a pattern', { subject: 'repo:octo/app:*' }, 'a flexible federated credential'],
    ["AWS's audience", { audience: 'sts.amazonaws.com' }, "which is AWS's"],
    ["AWS's audience in China", { audience: 'sts.amazonaws.com.cn' }, "which is AWS's"],
    [
      'a slash after the audience',
      { audience: 'api://AzureADTokenExchange/' },
      "Entra's is api://AzureADTokenExchange, exactly",
    ],
    ['an audience in another case', { audience: 'api://azureadtokenexchange' }, 'exactly'],
    ['another audience of a token of its own', { issuer: entraIssuer, audience: 'api://mine' }, 'AADSTS700214'],
  ];
  it.each(atEntra)('at Entra: %s', (_title, change, message) => {
    expect(neverMatches({ ...job, ...change }, 'entra')).toContain(message);
  });

  it('at AWS: what IAM has no room for, and several audiences without azp', () => {
    const of = (change: Partial<TrustedJob>) => neverMatches({ ...job, ...change }, 'aws');
    expect(of({ issuer: `https://${'x.'.repeat(126)}example.com` })).toContain('255');
    expect(of({ audience: 'x'.repeat(256) })).toContain('255');
    expect(of({ otherAudiences: ['b'] })).toContain('several audiences');
    expect(of({ otherAudiences: ['b'], azp: 'z' })).toBeUndefined();
    expect(of({ subject: 'a*b ' })).toBeUndefined();
  });

  it('and nothing else: the limits themselves, ? in a name, an audience of its own, every cloud', () => {
    const can = (change: Partial<TrustedJob>) => expect(neverMatches({ ...job, ...change }, 'entra')).toBeUndefined();
    can({ subject: 'x'.repeat(600) });
    can({ subject: 'sc://contoso/web/what?' });
    can({ audience: 'api://mine' });
    can({ issuer: 'http://127.0.0.1:8080' });
    can({ issuer: entraIssuer, audience: 'fb60f99c-7a34-4190-8149-302f77469936' });
    for (const { audience } of Object.values(entraClouds)) if (audience) can({ audience });
  });

  it('is told by inspect in the place of a document', () => {
    const claims = { iss: 'https://vstoken.dev.azure.com/x', sub: 'p://contoso/web/release', aud: 'a', exp: 1 };
    const { trust } = inspectClaims(claims, place.account, 0);
    expect(trust.entra).toEqual({ neverMatches: expect.stringContaining('no pipeline') });
    expect(trust.aws).toHaveProperty('trustPolicy');
  });
});

describe('the audience of a federated credential for a token of Entra itself', () => {
  it.each([
    ['login.microsoftonline.com', 'api://AzureADTokenExchange'],
    ['login.microsoftonline.us', 'api://AzureADTokenExchangeUSGov'],
    ['login.partner.microsoftonline.cn', 'api://AzureADTokenExchangeChina'],
  ])('on %s is %s, in every format', (host, audience) => {
    const connection = connectionJob(`https://${host}/${tenant}/v2.0`, '/eid1/c/pub/t/x/a/y/sc/z/w');
    const credential = entraTrust(connection);
    expect(credential.audiences).toEqual([audience]);
    for (const on of [
      { application: 'a', uniqueName: 'u' },
      { managedIdentity: 'm', resourceGroup: 'g' },
    ])
      for (const format of ['json', 'az', 'terraform', 'bicep'] as const) {
        const text = formatEntraTrust(credential, on, format);
        expect(text).toContain(audience);
        expect(text).not.toContain('fb60f99c');
      }
  });
});

describe('an expression of Entra', () => {
  const ids = { ownerId: '65001', repositoryId: '724113' };
  const app = { owner: 'octo', repository: 'app' };
  const workflow = 'octo/flows/.github/workflows/deploy.yml@refs/heads/main';
  it.each([
    [
      { ...ids, anyRef: true },
      "claims['sub'] matches 'repo:octo@65001/app@724113:*' and claims['repository_id'] eq '724113' and claims['repository_owner_id'] eq '65001'",
    ],
    [
      { ...ids, anyRef: true, mutableSubject: true },
      "claims['sub'] matches 'repo:octo/app:*' and claims['repository_id'] eq '724113' and claims['repository_owner_id'] eq '65001'",
    ],
    [
      { ...ids, branch: 'main', mutableSubject: true },
      "claims['sub'] eq 'repo:octo/app:ref:refs/heads/main' and claims['repository_id'] eq '724113' and claims['repository_owner_id'] eq '65001'",
    ],
    [
      { ...ids, branch: 'main', workflow },
      `claims['sub'] eq 'repo:octo@65001/app@724113:ref:refs/heads/main' and claims['job_workflow_ref'] eq '${workflow}' and claims['repository_id'] eq '724113' and claims['repository_owner_id'] eq '65001'`,
    ],
  ])('%j: %s', (options, value) => {
    const one = gitHubJob({ ...app, ...options }, 'entra');
    expect(needsExpression(one)).toBe(true);
    expect(flexibleTrust(one, 'named')).toEqual({
      name: 'named',
      issuer: 'https://token.actions.githubusercontent.com',
      claimsMatchingExpression: { value, languageVersion: 1 },
      audiences: ['api://AzureADTokenExchange'],
    });
  });

  it.each([
    [{ anyRef: true }, {}, 'it must test repository_id or repository_owner_id too'],
    [{ branch: 'main', workflow }, {}, 'it must test repository_id or repository_owner_id too'],
    [
      { ...ids, anyRef: true },
      { issuer: 'https://ghes.example.com/_services/token' },
      'there are no expressions for the issuer',
    ],
    [{ ...ids, anyRef: true }, { claims: { repository_id: '1', actor: 'x' } }, 'the claim actor is none that'],
    [{ ...ids, anyRef: true }, { claims: { repository_id: "1' or '" } }, 'cannot be written'],
  ])('%j with %j is refused: %s', (options, change, message) => {
    expect(() => flexibleTrust({ ...gitHubJob({ ...app, ...options }, 'entra'), ...change })).toThrow(message);
  });

  it.each([
    ['any ref', { anyRef: true }, { sub: 'repo:octo@65001/app@724113:ref:refs/heads/x' }],
    ['any ref, by names', { anyRef: true, mutableSubject: true }, { sub: 'repo:octo/app:pull_request' }],
    ['a branch, by names', { branch: 'main', mutableSubject: true }, { sub: 'repo:octo/app:ref:refs/heads/main' }],
    [
      'a workflow',
      { branch: 'main', workflow },
      { sub: 'repo:octo@65001/app@724113:ref:refs/heads/main', job_workflow_ref: workflow },
    ],
  ])(
    'of %s lets its jobs in, and none whose subject, repository, owner or workflow is another',
    (_title, options, own) => {
      const credential = flexibleTrust(gitHubJob({ ...app, ...ids, ...options }, 'entra'));
      const claims: Record<string, string> = { repository_id: '724113', repository_owner_id: '65001', ...own };
      const matches = (change: Record<string, string>) => {
        const presented = { ...claims, ...change };
        const { issuer, audiences } = credential;
        const assertion = { issuer, subject: presented.sub ?? '', audience: audiences[0] ?? '', claims: presented };
        return matchFederatedCredential([credential], assertion).matched !== undefined;
      };
      expect(matches({})).toBe(true);
      for (const claim of Object.keys(claims))
        expect(matches({ [claim]: `${claims[claim]}`.replace(/.$/, '0') })).toBe(
          claim === 'sub' && 'anyRef' in options,
        );
      expect(matches({ sub: claims.sub?.replace('app', 'app2') ?? '' })).toBe(false);
    },
  );

  it('is not needed where issuer, subject and audience say it', () => {
    expect(needsExpression(gitHubJob({ ...app, ...ids, branch: 'main' }, 'entra'))).toBe(false);
    expect(
      needsExpression(azurePipelinesJob({ organization: 'o', organizationId: guid, project: 'p', connection: 'c' })),
    ).toBe(false);
  });
});

/** A token of each issuer, and what of a second run of the same job is another. */
const tokens: readonly (readonly [JobClaims, Partial<JobClaims>, Readonly<Record<string, string>>])[] = [
  [
    {
      iss: 'https://token.actions.githubusercontent.com',
      sub: 'repo:octo/app:ref:refs/heads/main',
      aud: 'sts.amazonaws.com',
      repository_id: '724113',
      repository_owner_id: '65001',
    },
    {},
    { repository_id: '724113', repository_owner_id: '65001' },
  ],
  [
    {
      iss: 'https://token.actions.githubusercontent.com',
      sub: 'repo:octo@65001/app@724113:ref:refs/heads/main',
      aud: 'sts.amazonaws.com',
      repository_id: '724113',
      repository_owner_id: '65001',
    },
    {},
    {},
  ],
  [
    {
      iss: 'https://token.actions.githubusercontent.com',
      sub: 'repository_owner:octo:run_id:77:job_workflow_ref:octo/f/.github/workflows/w.yml@refs/heads/main',
      aud: 'sts.amazonaws.com',
      repository_id: '724113',
    },
    { sub: 'repository_owner:octo:run_id:78:job_workflow_ref:octo/f/.github/workflows/w.yml@refs/heads/main' },
    { repository_id: '724113' },
  ],
  [
    {
      iss: 'https://gitlab.com',
      sub: 'project_path:acme/app:ref_type:branch:ref:main',
      aud: 'https://gitlab.com',
      project_id: '22',
      namespace_id: '72',
    },
    {},
    { project_id: '22', namespace_id: '72' },
  ],
  [
    {
      iss: 'https://app.terraform.io',
      sub: 'organization:acme:project:p:workspace:w:run_phase:apply',
      aud: 'aws.workload.identity',
      terraform_organization_id: 'org-1',
    },
    {},
    {},
  ],
  [
    {
      iss: 'https://agent.buildkite.com',
      sub: 'organization:acme:pipeline:web:ref:refs/heads/main:commit:9f3182061f:step:build',
      aud: 'sts.amazonaws.com',
      organization_id: guid,
      pipeline_id: tenant,
    },
    { sub: 'organization:acme:pipeline:web:ref:refs/heads/main:commit:0000000000:step:build' },
    { organization_id: guid, pipeline_id: tenant },
  ],
  [
    {
      iss: `https://oidc.circleci.com/org/${guid}`,
      sub: `org/${guid}/project/${tenant}/user/${guid}`,
      aud: guid,
      'oidc.circleci.com/project-id': tenant,
    },
    {},
    { 'oidc.circleci.com/project-id': tenant },
  ],
  [
    {
      iss: 'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
      sub: `{${guid}}:{${tenant}}`,
      aud: 'ari:cloud:bitbucket::workspace/1',
    },
    { sub: `{${guid}}:{2c3d4e5f-6071-4829-93a4-b5c6d7e8f90a}` },
    {},
  ],
  [
    { iss: 'https://accounts.google.com', sub: '113774264463038321964', aud: 'sts.amazonaws.com', azp: '32555350559' },
    {},
    {},
  ],
  [
    { iss: `https://vstoken.dev.azure.com/${guid}`, sub: 'p://contoso/web/release', aud: 'api://AzureADTokenExchange' },
    {},
    {},
  ],
  [
    {
      iss: 'https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF',
      sub: 'system:serviceaccount:a:b',
      aud: 'sts.amazonaws.com',
    },
    {},
    {},
  ],
];

describe.each(tokens)('what is written for a token: %j', (claims, next, pinned) => {
  const written = awsTrust(lastingJobOf(claims, 'aws'), place);
  const name = conditionPrefix(claims.iss);

  it('AWS allows it and its next run, and nobody whose subject or ids are others', () => {
    expect(allows(written, claims)).toBe(true);
    expect(allows(written, { ...claims, ...next })).toBe(true);
    expect(allows(written, { ...claims, sub: `${claims.sub}x` })).toBe(false);
    expect(allows(written, { ...claims, sub: `x${claims.sub}` })).toBe(false);
    expect(allows(written, { ...claims, aud: 'another', azp: 'another' })).toBe(false);
    for (const claim of Object.keys(pinned)) expect(allows(written, { ...claims, [claim]: '1' })).toBe(false);
  });

  it('tests the ids of what its subject has by name, and what IAM demands of a shared issuer', () => {
    const [{ Condition }] = written.trustPolicy.Statement;
    expect(Condition.StringEquals).toMatchObject(
      Object.fromEntries(Object.entries(pinned).map(([claim, value]) => [`${name}:${claim}`, value])),
    );
    const keys = Object.values(Condition).flatMap((one) => Object.keys(one));
    const extra = keys.filter(
      (key) => !['aud', 'oaud', 'sub', ...Object.keys(pinned)].includes(key.slice(name.length + 1)),
    );
    expect(extra).toEqual([]);
    const demanded = issuers.flatMap((one) => one.requiredByAws(claims.iss));
    if (demanded.length > 0) expect(demanded.some((claim) => keys.includes(`${name}:${claim}`))).toBe(true);
  });
});

describe('CloudFormation', () => {
  it.each(['{{resolve:ssm:/x}}', '{{ resolve : secretsmanager:x }}', 'a{{RESOLVE:ssm-secure:x:1}}b'])(
    'gets no %s, which it would put a secret in the place of',
    (text) => {
      for (const one of [
        { ...job, subject: text },
        { ...job, audience: text },
        { ...job, claims: { c: text } },
      ])
        expect(() => formatAwsTrust(awsTrust(one, place), place, 'cloudformation')).toThrow('{{resolve:…}}');
      expect(formatAwsTrust(awsTrust({ ...job, subject: text }, place), place, 'terraform')).toContain(text);
    },
  );

  it('has no substitution: what looks like one is text', () => {
    const text = formatAwsTrust(awsTrust({ ...job, subject: '${AWS::AccountId}' }, place), place, 'cloudformation');
    expect(text).not.toMatch(/Fn::|!Sub/);
    expect(text).toContain('"${$}{AWS::AccountId}"');
  });
});

describe('a subject of which a part is another in each run', () => {
  it('is found where issuers have one, and nowhere else', () => {
    for (const [{ iss, sub }, next] of tokens)
      expect(lastingSubject(iss, sub) !== undefined).toBe(next.sub !== undefined);
  });

  it('stays exact in the rest, wildcards of a name included', () => {
    const claims = {
      iss: 'https://agent.buildkite.com',
      sub: 'organization:acme:pipeline:web:ref:refs/heads/a*b?${x}:commit:9f:step:build',
      aud: 'a',
    };
    const written = awsTrust(lastingJobOf(claims, 'aws'), place);
    expect(allows(written, claims)).toBe(true);
    expect(allows(written, { ...claims, sub: claims.sub.replace('9f', '00') })).toBe(true);
    expect(allows(written, { ...claims, sub: claims.sub.replace('a*b', 'axb') })).toBe(false);
    expect(allows(written, { ...claims, sub: claims.sub.replace('b?', 'bx') })).toBe(false);
  });

  it('needs an expression at Entra, which has one for some issuers alone', () => {
    const [claims] = tokens.find(([one]) => one.iss.includes('buildkite')) ?? [];
    if (!claims) throw new Error('There is no such token.');
    const one = lastingJobOf(claims, 'entra');
    expect(needsExpression(one)).toBe(true);
    expect(() => flexibleTrust(one)).toThrow('there are no expressions for the issuer https://agent.buildkite.com');
  });
});

describe("Google's tokens at AWS", () => {
  it('need no provider: IAM has it as a principal', () => {
    const trust = awsTrust(
      lastingJobOf(tokens.find(([one]) => one.iss.includes('google'))?.[0] as JobClaims, 'aws'),
      place,
    );
    expect(trust.provider).toBeUndefined();
    const [{ Principal, Condition }] = trust.trustPolicy.Statement;
    expect(Principal).toEqual({ Federated: 'accounts.google.com' });
    expect(Condition.StringEquals).toEqual({
      'accounts.google.com:aud': '32555350559',
      'accounts.google.com:oaud': 'sts.amazonaws.com',
      'accounts.google.com:sub': '113774264463038321964',
    });
    for (const format of ['aws', 'terraform', 'cloudformation'] as const)
      expect(formatAwsTrust(trust, place, format)).not.toMatch(/open-?id-?connect|OIDCProvider/i);
  });
});

describe('an issuer as users have it', () => {
  const gitHub = 'https://token.actions.githubusercontent.com';
  const aks = `https://eastus.oic.prod-aks.azure.com/${tenant}/${guid}/`;
  it.each([
    [`${gitHub}/`, gitHub],
    ['token.actions.githubusercontent.com', gitHub],
    ['HTTPS://Token.Actions.GitHubUserContent.com', gitHub],
    [`https://vstoken.dev.azure.com/${guid.toUpperCase()}`, `https://vstoken.dev.azure.com/${guid}`],
    [`https://vstoken.dev.azure.com/${guid.replaceAll('-', '')}`, `https://vstoken.dev.azure.com/${guid}`],
    [`https://vstoken.dev.azure.com/${guid}/`, `https://vstoken.dev.azure.com/${guid}`],
    [
      `https://login.microsoftonline.com/${tenant.toUpperCase()}/v2.0/`,
      `https://login.microsoftonline.com/${tenant}/v2.0`,
    ],
    [`https://sts.windows.net/${tenant}`, `https://sts.windows.net/${tenant}/`],
    [aks.slice(0, -1), aks],
    [aks, aks],
    [
      'https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF/',
      'https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF',
    ],
    ['https://example.com/Cluster/', 'https://example.com/Cluster/'],
    ['http://token.actions.githubusercontent.com', 'http://token.actions.githubusercontent.com'],
    ['https://vstoken.dev.azure.com/contoso', 'https://vstoken.dev.azure.com/contoso'],
  ])('%s is %s', (text, issuer) => expect(nearestIssuer(text)).toBe(issuer));
});
