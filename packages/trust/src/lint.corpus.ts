import type { RuleId } from './finding.ts';

/** A document as it is found in guides and templates, told in our own words and names, and what is to be said of it. */
export interface Sample {
  readonly title: string;
  readonly document: unknown;
  readonly findings: readonly RuleId[];
}

const account = '123456789012';
const hub = 'token.actions.githubusercontent.com';
const organization = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
const devOps = `vstoken.dev.azure.com/${organization}`;
const entra = 'login.microsoftonline.com/1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9/v2.0';
const immutable = 'repo:octo@65001/app@724113:ref:refs/heads/main';
const named = 'repo:octo/app:ref:refs/heads/main';

const provider = (issuer: string, partition = 'aws') => `arn:${partition}:iam::${account}:oidc-provider/${issuer}`;
const statement = (issuer: string, condition?: object, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Federated: provider(issuer) },
  Action: 'sts:AssumeRoleWithWebIdentity',
  ...(condition ? { Condition: condition } : {}),
  ...more,
});
const policy = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements });
const aud = { [`${hub}:aud`]: 'sts.amazonaws.com' };
const sub = (subject: string | readonly string[]) => ({ [`${hub}:sub`]: subject });
const equals = (subject: string | readonly string[]) => ({ StringEquals: { ...aud, ...sub(subject) } });
const like = (subject: string | readonly string[]) => ({ StringEquals: aud, StringLike: sub(subject) });
const hubPolicy = (condition?: object) => policy(statement(hub, condition));
const otherAud = { [`${devOps}:aud`]: 'api://AzureADTokenExchange' };
const devOpsSub = (subject: string) => ({ [`${devOps}:sub`]: subject });

export const trustPolicies: readonly Sample[] = [
  { title: 'one branch, with ids', document: hubPolicy(equals(immutable)), findings: [] },
  { title: 'one branch, by name', document: hubPolicy(equals(named)), findings: ['mutable-subject'] },
  {
    title: 'one environment, by name',
    document: hubPolicy(equals('repo:octo/app:environment:production')),
    findings: ['mutable-subject'],
  },
  {
    title: 'both forms, while a repository moves',
    document: hubPolicy(equals([named, immutable])),
    findings: ['mutable-subject'],
  },
  {
    title: 'the whole repository, as in many a guide',
    document: hubPolicy(like('repo:octo/app:*')),
    findings: ['mutable-subject', 'aws/wildcard-ref', 'pull-request'],
  },
  {
    title: 'the whole repository, with ids',
    document: hubPolicy(like('repo:octo@65001/app@724113:*')),
    findings: ['aws/wildcard-ref', 'pull-request'],
  },
  { title: 'a whole organisation', document: hubPolicy(like('repo:octo/*')), findings: ['aws/wildcard-repository'] },
  {
    title: 'a whole organisation, with a colon at its end',
    document: hubPolicy(like('repo:octo/*:*')),
    findings: ['aws/wildcard-repository'],
  },
  {
    title: 'every organisation with the same beginning',
    document: hubPolicy(like('repo:octo*')),
    findings: ['aws/wildcard-owner'],
  },
  {
    title: 'a repository of any owner',
    document: hubPolicy(like('repo:*/app:ref:refs/heads/main')),
    findings: ['aws/wildcard-owner'],
  },
  {
    title: 'every repository with the same beginning',
    document: hubPolicy(like('repo:octo/app*')),
    findings: ['aws/wildcard-repository'],
  },
  {
    title: 'repositories with a prefix, one branch',
    document: hubPolicy(like('repo:octo/svc-*:ref:refs/heads/main')),
    findings: ['aws/wildcard-repository'],
  },
  { title: 'a star and nothing else', document: hubPolicy(like('*')), findings: ['aws/wildcard-owner'] },
  { title: 'the word repo and a star', document: hubPolicy(like('repo:*')), findings: ['aws/wildcard-owner'] },
  {
    title: 'release branches by pattern',
    document: hubPolicy(like('repo:octo@65001/app@724113:ref:refs/heads/release/*')),
    findings: [],
  },
  {
    title: 'tags by pattern, by name',
    document: hubPolicy(like('repo:octo/app:ref:refs/tags/v*')),
    findings: ['mutable-subject'],
  },
  { title: 'every branch by pattern', document: hubPolicy(like('repo:octo/app:ref:*')), findings: ['mutable-subject'] },
  {
    title: 'StringLike for a text without a pattern',
    document: hubPolicy({ StringEquals: aud, StringLike: sub(immutable) }),
    findings: ['aws/string-like'],
  },
  {
    title: 'StringLike for both, as a template has it',
    document: hubPolicy({ StringLike: { ...aud, ...sub(immutable) } }),
    findings: ['aws/string-like', 'aws/string-like'],
  },
  {
    title: 'StringEquals with a star, which is a letter there',
    document: hubPolicy(equals('repo:octo/app:*')),
    findings: ['mutable-subject', 'aws/literal-wildcard'],
  },
  {
    title: 'pull requests',
    document: hubPolicy(equals('repo:octo/app:pull_request')),
    findings: ['mutable-subject', 'pull-request'],
  },
  {
    title: 'a branch and pull requests',
    document: hubPolicy(equals([immutable, 'repo:octo@65001/app@724113:pull_request'])),
    findings: ['pull-request'],
  },
  { title: 'only the audience', document: hubPolicy({ StringEquals: aud }), findings: ['aws/no-sub'] },
  { title: 'only the subject', document: hubPolicy({ StringEquals: sub(immutable) }), findings: ['aws/no-aud'] },
  { title: 'no condition at all', document: hubPolicy(), findings: ['aws/no-aud', 'aws/no-sub'] },
  {
    title: 'the repository by its claim instead of the subject',
    document: hubPolicy({ StringEquals: { ...aud, [`${hub}:repository_id`]: '724113' } }),
    findings: [],
  },
  {
    title: 'a reusable workflow beside the subject',
    document: hubPolicy({
      ...like('repo:octo/app:*'),
      StringEquals: { ...aud, [`${hub}:job_workflow_ref`]: 'octo/flows/.github/workflows/deploy.yml@refs/heads/main' },
    }),
    findings: ['mutable-subject', 'aws/wildcard-ref', 'pull-request'],
  },
  {
    title: 'ForAllValues on the subject',
    document: hubPolicy({ StringEquals: aud, 'ForAllValues:StringEquals': sub(immutable) }),
    findings: ['aws/for-all-values'],
  },
  {
    title: 'ForAllValues on subject and audience, as one vendor had it',
    document: hubPolicy({ 'ForAllValues:StringLike': { ...aud, ...sub('repo:octo/app:*') } }),
    findings: [
      'aws/for-all-values',
      'aws/for-all-values',
      'aws/string-like',
      'mutable-subject',
      'aws/wildcard-ref',
      'pull-request',
    ],
  },
  {
    title: 'ForAllValues with a check that the key is there',
    document: hubPolicy({
      StringEquals: aud,
      'ForAllValues:StringEquals': sub(immutable),
      Null: { [`${hub}:sub`]: 'false' },
    }),
    findings: [],
  },
  {
    title: 'ForAnyValue',
    document: hubPolicy({ StringEquals: aud, 'ForAnyValue:StringEquals': sub(immutable) }),
    findings: [],
  },
  {
    title: 'IfExists on the subject',
    document: hubPolicy({ StringEquals: aud, StringEqualsIfExists: sub(immutable) }),
    findings: ['aws/if-exists'],
  },
  {
    title: 'all but one subject',
    document: hubPolicy({ StringEquals: aud, StringNotEquals: sub('repo:octo/app:pull_request') }),
    findings: ['aws/negated-sub'],
  },
  {
    title: 'a repository without its pull requests',
    document: policy(statement(hub, like('repo:octo@65001/app@724113:*')), {
      ...statement(hub, { StringLike: sub('repo:*:pull_request') }),
      Effect: 'Deny',
    }),
    findings: ['aws/wildcard-ref'],
  },
  {
    title: 'a statement as an object, actions as a list',
    document: {
      Version: '2012-10-17',
      Statement: statement(hub, { StringEquals: aud }, { Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] }),
    },
    findings: ['aws/no-sub'],
  },
  {
    title: 'every action of STS',
    document: policy(statement(hub, { StringEquals: aud }, { Action: 'sts:*' })),
    findings: ['aws/no-sub'],
  },
  {
    title: 'keys in another case',
    document: hubPolicy({
      StringEquals: { [`${hub.toUpperCase()}:AUD`]: 'sts.amazonaws.com', [`${hub}:Sub`]: immutable },
    }),
    findings: [],
  },
  {
    title: 'any provider',
    document: policy({ ...statement(hub, equals(immutable)), Principal: { Federated: '*' } }),
    findings: ['aws/wildcard-principal'],
  },
  {
    title: 'any principal',
    document: policy({ ...statement(hub, equals(immutable)), Principal: '*' }),
    findings: ['aws/wildcard-principal'],
  },
  {
    title: 'a provider with a slash at its end',
    document: policy(statement(`${hub}/`, equals(immutable))),
    findings: ['issuer-trailing-slash'],
  },
  {
    title: "China's partition with the audience of the others",
    document: policy(statement(hub, equals(immutable), { Principal: { Federated: provider(hub, 'aws-cn') } })),
    findings: ['aws/wrong-partition'],
  },
  {
    title: "China's audience in the commercial partition",
    document: hubPolicy({ StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com.cn', ...sub(immutable) } }),
    findings: ['aws/wrong-partition'],
  },
  {
    title: 'GovCloud, all of one partition',
    document: policy(statement(hub, equals(immutable), { Principal: { Federated: provider(hub, 'aws-us-gov') } })),
    findings: [],
  },
  {
    title: 'two partitions in one policy',
    document: policy(
      statement(hub, equals(immutable)),
      statement(hub, equals(immutable), { Principal: { Federated: provider(hub, 'aws-us-gov') } }),
    ),
    findings: ['aws/wrong-partition', 'aws/wrong-partition'],
  },
  {
    title: 'Azure Pipelines as one of the best-known guides has it: any pipeline of the organisation',
    document: policy(statement(devOps)),
    findings: ['aws/no-aud', 'aws/no-sub'],
  },
  {
    title: 'Azure Pipelines, the audience alone',
    document: policy(statement(devOps, { StringEquals: otherAud })),
    findings: ['aws/no-sub'],
  },
  {
    title: 'a service connection on the Azure DevOps issuer',
    document: policy(statement(devOps, { StringEquals: { ...otherAud, ...devOpsSub('sc://contoso/web/aws-prod') } })),
    findings: ['retired-issuer'],
  },
  {
    title: 'every service connection of a project',
    document: policy(statement(devOps, { StringEquals: otherAud, StringLike: devOpsSub('sc://contoso/web/*') })),
    findings: ['retired-issuer', 'aws/wildcard-connection'],
  },
  {
    title: 'every service connection of an organisation',
    document: policy(statement(devOps, { StringEquals: otherAud, StringLike: devOpsSub('sc://contoso/*') })),
    findings: ['retired-issuer', 'aws/wildcard-repository'],
  },
  {
    title: 'a pipeline',
    document: policy(statement(devOps, { StringEquals: { ...otherAud, ...devOpsSub('p://contoso/web/release') } })),
    findings: [],
  },
  {
    title: 'the Entra issuer without a subject: the whole tenant',
    document: policy(statement(entra, { StringEquals: { [`${entra}:aud`]: 'fb60f99c-7a34-4190-8149-302f77469936' } })),
    findings: ['aws/entra-issuer-no-sub'],
  },
  {
    title: 'the Entra issuer with a subject',
    document: policy(
      statement(entra, {
        StringEquals: {
          [`${entra}:aud`]: 'fb60f99c-7a34-4190-8149-302f77469936',
          [`${entra}:sub`]: '/eid1/c/pub/t/a/a/b/c/d',
        },
      }),
    ),
    findings: [],
  },
  {
    title: 'a service account of Kubernetes',
    document: policy(
      statement('oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF', {
        StringEquals: {
          'oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF:aud': 'sts.amazonaws.com',
          'oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF:sub': 'system:serviceaccount:agents:azp',
        },
      }),
    ),
    findings: [],
  },
  {
    title: 'every service account of a namespace',
    document: policy(
      statement('oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF', {
        StringEquals: { 'oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF:aud': 'sts.amazonaws.com' },
        StringLike: { 'oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF:sub': 'system:serviceaccount:agents:*' },
      }),
    ),
    findings: ['aws/wildcard-service-account'],
  },
  {
    title: 'an old version of the language',
    document: { ...hubPolicy(equals(immutable)), Version: '2008-10-17' },
    findings: ['aws/old-version'],
  },
  {
    title: 'an operator that does not exist',
    document: hubPolicy({ ...equals(immutable), StringMatches: sub('x') }),
    findings: ['aws/malformed'],
  },
  {
    title: 'a member that trust policies do not have',
    document: policy(statement(hub, equals(immutable), { Resource: '*' })),
    findings: ['aws/malformed'],
  },
  {
    title: 'a misspelt effect',
    document: policy(statement(hub, equals(immutable), { Effect: 'allow' })),
    findings: ['aws/malformed'],
  },
  { title: 'no statement', document: { Version: '2012-10-17', Statement: [] }, findings: ['aws/malformed'] },
  {
    title: 'a role for a service, which is none of our business',
    document: policy({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }),
    findings: [],
  },
  {
    title: 'a sign-in with SAML, which is none of our business',
    document: policy({
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${account}:saml-provider/Corp` },
      Action: 'sts:AssumeRoleWithSAML',
      Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
    }),
    findings: [],
  },
];

const api = 'api://AzureADTokenExchange';
const credential = (name: string, subject: string, more: object = {}) => ({
  name,
  issuer: `https://${hub}`,
  subject,
  audiences: [api],
  ...more,
});

export const credentialLists: readonly Sample[] = [
  { title: 'one credential', document: [credential('main', immutable)], findings: [] },
  {
    title: 'as Azure Resource Manager has it',
    document: [{ id: '/x', name: 'main', properties: credential('main', immutable) }],
    findings: [],
  },
  { title: 'names alone', document: [credential('main', named)], findings: ['mutable-subject'] },
  { title: 'a pattern', document: [credential('all', 'repo:octo@65001/app@724113:*')], findings: ['entra/pattern'] },
  {
    title: 'pull requests',
    document: [credential('pr', 'repo:octo/app:pull_request')],
    findings: ['mutable-subject', 'pull-request'],
  },
  {
    title: 'the same twice',
    document: [credential('a', immutable), credential('b', immutable)],
    findings: ['entra/duplicate'],
  },
  {
    title: 'the same subject of two issuers',
    document: [
      credential('a', immutable),
      credential('b', immutable, { issuer: 'https://octo.ghe.com/_services/token' }),
    ],
    findings: [],
  },
  {
    title: 'a slash at the end of the issuer',
    document: [credential('a', immutable, { issuer: `https://${hub}/` })],
    findings: ['issuer-trailing-slash'],
  },
  {
    title: 'a cluster of AKS, whose issuer ends with a slash',
    document: [
      credential('pod', 'system:serviceaccount:agents:azp', {
        issuer:
          'https://westeurope.oic.prod-aks.azure.com/1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d/',
      }),
    ],
    findings: [],
  },
  {
    title: 'a service connection on the Azure DevOps issuer',
    document: [credential('sc', 'sc://contoso/web/azure', { issuer: `https://${devOps}` })],
    findings: ['retired-issuer'],
  },
  {
    title: 'a service connection to Azure Government, which the retirement does not concern',
    document: [
      credential('sc', 'sc://contoso/web/azure', {
        issuer: `https://${devOps}`,
        audiences: ['api://AzureADTokenExchangeUSGov'],
      }),
    ],
    findings: [],
  },
  {
    title: 'two audiences',
    document: [credential('a', immutable, { audiences: [api, 'other'] })],
    findings: ['entra/audiences'],
  },
  { title: 'no audience', document: [credential('a', immutable, { audiences: [] })], findings: ['entra/audiences'] },
  {
    title: '21 credentials',
    document: Array.from({ length: 21 }, (_, index) =>
      credential(`c${index}`, `repo:octo@65001/app@724113:environment:e${index}`),
    ),
    findings: ['entra/too-many'],
  },
  { title: 'something else', document: [{ name: 'a', issuer: 'https://x' }], findings: ['entra/malformed'] },
  {
    title: 'plain http',
    document: [credential('a', immutable, { issuer: 'http://example.com' })],
    findings: ['entra/malformed'],
  },
];
