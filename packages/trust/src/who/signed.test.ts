/** Tests as well: packages/issuers/src/runner-shapes.ts */

import { describe, expect, test } from 'vitest';
import { parseTrustPolicy } from '../policy.ts';
import { type Mine, parseMine } from './mine.ts';
import { whoAssumes } from './who.ts';

const now = 1_790_000_000;
const hub = 'token.actions.githubusercontent.com';
const tenant = '1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9';
const google = 'accounts.google.com';
const pulumi = 'api.pulumi.com/oidc';
const facebook = 'graph.facebook.com';
const salesforce = 'https://login.salesforce.com/id';

/** Who is allowed by one statement with these values of claims, patterns among them. */
function who(issuer: string, claims: Readonly<Record<string, string>>, mine: readonly string[] = []) {
  const Condition = Object.fromEntries(Object.entries(claims).map(([claim, value]) => [`${issuer}:${claim}`, value]));
  const Federated = [google, facebook].includes(issuer) ? issuer : `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
  const Statement = {
    ...{ Effect: 'Allow', Principal: { Federated }, Action: 'sts:AssumeRoleWithWebIdentity' },
    Condition: { StringLike: Condition },
  };
  const policy = parseTrustPolicy({ Version: '2012-10-17', Statement });
  const [admitted] = whoAssumes(
    policy,
    mine.map((text) => parseMine(text) as Mine),
    now,
  );
  return admitted;
}

describe('a token that is shown', () => {
  test.each<[string, string, Readonly<Record<string, string>>, Readonly<Record<string, unknown>>]>([
    [
      'whose workflow stands in its folder',
      hub,
      { sub: 'job_workflow_ref:octo/*' },
      { job_workflow_ref: /^octo\/[^/]+\/(\.github\/workflows\/[^/]+\.yml|dynamic\/.+)@refs\/(heads|tags|pull)\// },
    ],
    [
      'whose environment is that of a subject with an open letter',
      hub,
      { sub: '?nvironment:prod' },
      { environment: /^prod$/ },
    ],
    ['whose actor is that of its subject', hub, { sub: 'actor:octocat', actor: 'octo*' }, { actor: /^octocat$/ }],
    [
      'whose workflow is that of its subject',
      hub,
      { sub: '*:workflow:deploy', workflow: '*' },
      { workflow: /^deploy$/ },
    ],
    [
      'whose ref is that of its subject',
      hub,
      { sub: 'repository_owner:octo:ref:refs/heads/*', ref: '*/main' },
      { sub: /:ref:refs\/heads\/main$/ },
    ],
    [
      'whose ids are those of its subject',
      hub,
      { sub: 'repository_owner_id:1:repository_id:2:*' },
      { repository_id: /^2$/, repository_owner_id: /^1$/ },
    ],
    [
      'whose environment is that of its subject',
      hub,
      { sub: 'environment:prod:actor:x', environment: 'p*' },
      { environment: /^prod$/ },
    ],
    [
      'whose branch is that of its subject',
      'agent.buildkite.com',
      { sub: '*:ref:refs/heads/*', build_branch: 'dev' },
      { sub: /:ref:refs\/heads\/dev:/ },
    ],
    [
      'that has all of a run of Pulumi',
      pulumi,
      { sub: 'pulumi:deploy:org:*:operation:*' },
      { sub: /:operation:[^:]+:scope:write$/ },
    ],
    ['whose audience is its customer', pulumi, { sub: 'pulumi:deploy:org:acme:*' }, { aud: /^(aws:)?acme$/ }],
    [
      'that names no empty folder of a pipeline',
      `vstoken.dev.azure.com/${tenant}`,
      { sub: 'p://contoso/web/*/x' },
      { sub: /^p:\/\/contoso\/web(\/[^/]+)+$/ },
    ],
    [
      'of a service connection, which is of Azure DevOps',
      `login.microsoftonline.com/${tenant}/v2.0`,
      { sub: '/eid1/*/sc/*' },
      { azp: /^499b84ac-1321-427f-aa17-267ca6975798$/ },
    ],
    [
      'of an application at Google',
      google,
      { aud: '*.apps.googleusercontent.com' },
      { azp: /^\d+(-[a-z0-9]+)?\.apps\./ },
    ],
    ['of a service account at Google', google, { email: '*@p.iam.gserviceaccount.com' }, { email: /^[^@]+@p\.iam\./ }],
    [
      'of a branch that there can be at GitLab',
      'gitlab.com',
      { sub: 'project_path:*/app:*' },
      { sub: /^project_path:[^:/]+(\/[^:/]+)+(:[a-z_]+:[^:/\s][^:\s]*)+$/ },
    ],
    [
      'of a protected branch at GitLab',
      'gitlab.com',
      { sub: '*:ref_protected:true', ref_protected: '*' },
      { ref_protected: /^true$/ },
    ],
    [
      'whose ref is empty where its subject has an empty one',
      hub,
      { sub: 'repo:octo/*:ref:', actor: '*', environment: '*' },
      { sub: /:ref:$/, ref: /^$/ },
    ],
    [
      'whose user is that of its subject at GitLab, wherever that stands',
      'gitlab.com',
      { sub: '*:user_login:octo' },
      { sub: /:user_login:octo$/, user_login: /^octo$/ },
    ],
  ])('is one %s', (_, issuer, claims, shown) => {
    const admitted = who(issuer, claims);
    expect(admitted).toMatchObject({ reach: expect.not.stringMatching('nobody'), exact: true });
    for (const [claim, form] of Object.entries(shown)) expect(admitted?.witness?.claims[claim]).toMatch(form as RegExp);
  });

  test.each<[string, string, Readonly<Record<string, string>>]>([
    ['a workflow out of its folder', hub, { sub: '*', job_workflow_ref: 'octo/flows/deploy.yml@refs/heads/main' }],
    ['another actor than in its subject', hub, { sub: 'actor:octocat', actor: 'somebody' }],
    [
      'another actor than between two claims',
      hub,
      { sub: 'environment:x:actor:octocat:repository_owner:octo', actor: 'y' },
    ],
    ['another ref than in its subject', hub, { sub: 'repo:octo/app:ref:refs/heads/main', ref: 'refs/heads/dev' }],
    [
      'another ref than in its customized subject',
      hub,
      { sub: 'repository_owner:octo:ref:refs/heads/main', ref: '*/dev' },
    ],
    ['another environment than in its subject', hub, { sub: 'repo:octo/app:environment:prod', environment: 'dev' }],
    ['an environment, where its subject has an empty one', hub, { sub: 'environment:', environment: '?*' }],
    ['another repository than in its subject', hub, { sub: 'repository_id:1:environment:x', repository_id: '2' }],
    [
      'two ids in one subject and another one beside them',
      hub,
      { sub: 'repository_owner_id:1:repository_id:2', repository_id: '3' },
    ],
    ['another branch at Buildkite', 'agent.buildkite.com', { sub: '*:ref:refs/heads/main:*', build_branch: 'dev' }],
    ['a run of Pulumi with an empty phase', pulumi, { sub: 'pulumi:deploy:org:acme:project:x:stack:y:operation::*' }],
    ['the audience of another organization at Pulumi', pulumi, { sub: 'pulumi:deploy:org:acme:*', aud: 'aws:evil' }],
    ['a computed subject in the first version', `sts.windows.net/${tenant}/`, { sub: '/eid1/*' }],
    [
      'another application than Azure DevOps',
      `login.microsoftonline.com/${tenant}/v2.0`,
      { sub: '/eid1/*/sc/*', aud: tenant },
    ],
    ['no address of mail at Google', google, { email: 'octo' }],
    ['the number of another account as azp at Google', google, { sub: '108', aud: '109' }],
    ['a ref with a colon', hub, { sub: 'repository_owner:octo:workflow:x', ref: 'refs/heads/a:b' }],
    ['a ref with an empty part', hub, { sub: 'repository_owner:octo:workflow:x', ref: 'refs/heads/*//*' }],
    ['a workflow at a ref that ends with a slash', hub, { sub: '*', job_workflow_ref: '*@refs/heads/*/' }],
    ['a ref that begins with a slash at GitLab', 'gitlab.com', { sub: 'project_path:acme/web:ref_type:branch:ref:/*' }],
    ['a project without a group at GitLab', 'gitlab.com', { sub: 'project_path:acme//*' }],
    ['a project without a name at GitLab', 'gitlab.com', { sub: 'project_path:acme/:*' }],
    ['an empty user in its subject at GitLab', 'gitlab.com', { sub: '*:user_login:' }],
    ['a source with a colon in its subject at GitLab', 'gitlab.com', { sub: '*:pipeline_source:REF:MAIN' }],
    ['another GUID than one at CircleCI', `oidc.circleci.com/org/${tenant}`, { sub: `org/${tenant}/project/x/*` }],
  ])('never has %s', (_, issuer, claims) => {
    expect(who(issuer, claims)).toMatchObject({ reach: 'nobody', exact: true });
  });
});

describe('the address of one customer alone', () => {
  test.each([
    ['oidc.vercel.com/acme', 'owner:*', 'owner:acme:project:web:environment:production'],
    ['oidc.fly.io/acme', '*', 'acme:web:machine'],
    ['acme.app.spacelift.io', 'space:*', 'space:root:stack:web:run_type:TRACKED:scope:write'],
    ['app.harness.io/ng/api/oidc/account/AbC123', '*', 'account/AbC123:org/default:project/web'],
    ['acme.semaphoreci.com', 'org:*', 'org:acme:project:1:repo:web:ref_type:branch:ref:refs/heads/main'],
  ])('%s signs for nobody else', (issuer, pattern, subject) => {
    expect(who(issuer, { sub: pattern })).toMatchObject({ reach: 'named others', owners: [`https://${issuer}`] });
    expect(who(issuer, { sub: pattern }, [`issuer:https://${issuer}`])).toMatchObject({
      reach: 'only mine',
      exact: true,
    });
    expect(who(issuer, { sub: subject })).toMatchObject({ exact: true, witness: { claims: { sub: subject } } });
  });

  test.each([
    ['oidc.vercel.com', { sub: 'owner:*' }, 'any account', []],
    ['oidc.vercel.com', { sub: 'owner:*', aud: 'https://vercel.com/acme' }, 'named others', ['acme']],
    ['oidc.vercel.com', { sub: 'owner:*', aud: 'sts.amazonaws.com' }, 'any account', []],
    [pulumi, { sub: 'pulumi:deploy:org:*' }, 'any account', []],
    [pulumi, { sub: 'pulumi:deploy:org:*', aud: 'aws:acme' }, 'named others', ['acme']],
    [google, { aud: '108000000000000000001' }, 'named others', ['108000000000000000001']],
    [google, { email: 'a@p.iam.gserviceaccount.com' }, 'named others', ['a@p.iam.gserviceaccount.com']],
    [google, { oaud: 'sts.amazonaws.com' }, 'any account', []],
    // Where a key asks, a service account's azp is its address.
    [google, { aud: 'ci@p.iam.gserviceaccount.com' }, 'named others', ['ci@p.iam.gserviceaccount.com']],
    [google, { aud: 'deploy@*' }, 'any account', []],
    [
      google,
      { email: 'p.octo.com@appspot.gserviceaccount.com' },
      'named others',
      ['p.octo.com@appspot.gserviceaccount.com'],
    ],
    // Users of applications that sign in with gitlab.com.
    ['gitlab.com', { sub: '1*' }, 'any account', []],
    ['gitlab.com', { sub: '1234567', aud: tenant }, 'named others', ['1234567']],
    ['app.terraform.io', { sub: 'organization:*:run_phase:test' }, 'any account', []],
    ['agent.buildkite.com', { sub: tenant }, 'named others', [`@${tenant}`]],
    [facebook, { id: '471?' }, 'named others', Array.from({ length: 10 }, (_, last) => `@471${last}`)],
    [facebook, { id: '471*' }, 'any account', []],
    [facebook, { id: 'ci-?' }, 'nobody', []],
    ['login.salesforce.com', { sub: `${salesforce}/00D000000000062EAA/*` }, 'named others', ['00D000000000062EAA']],
    ['login.salesforce.com', { sub: `${salesforce}/00D000000000062EAA/005?` }, 'named others', ['00D000000000062EAA']],
    ['login.salesforce.com', { sub: `${salesforce}/*/005000000000001AAA` }, 'any account', []],
    ['login.salesforce.com', { sub: `${salesforce}/00D*` }, 'any account', []],
  ])('is none of %s with %j', (issuer, claims, reach, owners) => {
    expect(who(issuer, claims as Readonly<Record<string, string>>)).toMatchObject({ reach, owners });
  });
});

test.each([
  ['deployment_tier', /^(production|staging|testing|development|other)$/],
  ['environment_protected', /^(true|false)$/],
  ['project_visibility', /^(public|internal|private)$/],
])('a witness of GitLab has a value that there is of %s', (name, value) => {
  for (const pattern of [`project_path:acme/web:${name}:*`, `project_path:*:${name}:?*`, `*:${name}:*:ref:main`]) {
    const [, text] = `${who('gitlab.com', { sub: pattern })?.witness?.claims.sub}`.split(`:${name}:`);
    expect({ pattern, text: text?.split(':')[0] }).toEqual({ pattern, text: expect.stringMatching(value) });
  }
  expect(who('gitlab.com', { sub: `project_path:acme/web:${name}:x` })).toMatchObject({ reach: 'nobody', exact: true });
});

// A phase is plan or apply: HashiCorp Developer, "Workload identity tokens", terraform_run_phase.
test.each([
  [
    'organization:acme:project:web:workspace:prod:run_phase:*',
    'organization:acme:project:web:workspace:prod:run_phase:apply',
  ],
  [
    'organization:acme:project:*:workspace:prod:run_phase:*',
    'organization:acme:project:anything:workspace:prod:run_phase:apply',
  ],
])('a witness of %s has a phase that there is', (sub, example) => {
  expect(who('app.terraform.io', { sub })).toMatchObject({
    reach: 'named others',
    witness: { claims: { sub: example } },
  });
});
