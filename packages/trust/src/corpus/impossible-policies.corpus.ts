import {
  aud,
  cluster,
  connection,
  devOps,
  entra,
  flow,
  guides,
  hubPolicy,
  immutable,
  of,
  ofHub,
  organization,
  policy,
  samples,
  sub,
  tenant,
} from './sample.corpus.ts';

const devOpsApp = '499b84ac-1321-427f-aa17-267ca6975798';
const exchange = 'fb60f99c-7a34-4190-8149-302f77469936';
const pod = { sub: 'system:serviceaccount:agents:azp' };
const aks = (path: string) => `westeurope.oic.prod-aks.azure.com/${path}`;

export const impossiblePolicies = samples(
  [
    'the address of a clone',
    ofHub({ sub: 'repo:octo/app.git:ref:refs/heads/main' }),
    ['hardly-matches', 'mutable-subject'],
    'No repository is called so.',
    guides.gitHubAws,
  ],
  [
    'the address of a clone, any ref',
    ofHub({}, { sub: 'repo:octo/app.git:*' }),
    ['hardly-matches', 'mutable-subject', 'aws/wildcard-ref', 'pull-request'],
    'The same.',
    guides.gitHubAws,
  ],
  [
    'a branch without a name',
    ofHub({ sub: 'repo:octo@65001/app@724113:ref:refs/heads/' }),
    ['never-matches'],
    'A variable was empty.',
    guides.gitHubAws,
  ],
  ...[
    { ref: 'main' },
    { ref: 'heads/main' },
    { repository: 'app' },
    { repository: 'https://github.com/octo/app' },
    { repository_id: 'octo/app' },
    { repository_owner_id: 'octo' },
    { job_workflow_ref: 'octo/flows/.github/workflows/deploy.yml' },
  ].map(
    (claim) =>
      [
        `a claim that is written otherwise, ${JSON.stringify(claim)}`,
        ofHub({ sub: immutable, ...claim }),
        ['never-matches'],
        'Nobody is allowed.',
        guides.gitHubOidc,
      ] as const,
  ),
  [
    'a reusable workflow without its repository',
    ofHub({ sub: immutable, job_workflow_ref: '.github/workflows/deploy.yml@refs/heads/main' }),
    ['never-matches'],
    'It begins with the repository.',
    guides.gitHubOidc,
  ],
  [
    'a repository by its address, beside a subject that has its name',
    ofHub({ sub: immutable, repository: 'octo/app.git' }),
    ['hardly-matches', 'allows-nobody'],
    'Of one token both name the same repository.',
    guides.gitHubOidc,
  ],
  [
    'a subject of one repository, and the claim of another',
    ofHub({ sub: immutable, repository: 'octo/other' }),
    ['allows-nobody'],
    'Of one token both name the same repository.',
    guides.gitHubOidc,
  ],
  [
    'an id in the subject, and another one in the claim',
    ofHub({ sub: immutable, repository_id: '724114' }),
    ['allows-nobody'],
    'The same by ids.',
    guides.gitHubOidc,
  ],
  [
    'two subjects, of which a token has to have both',
    ofHub({ sub: immutable }, { sub: 'repo:octo@65001/other@*:*' }),
    ['allows-nobody'],
    'All operators have to hold.',
    guides.awsLanguage,
  ],
  [
    'a subject that a second condition excludes',
    hubPolicy({ StringEquals: { ...aud, ...sub(immutable) }, StringNotLike: sub('repo:octo@65001/*') }),
    ['allows-nobody'],
    'All operators have to hold.',
    guides.awsLanguage,
  ],
  [
    'ARN operators on a subject',
    hubPolicy({ StringEquals: aud, ArnEquals: sub(immutable) }),
    ['allows-nobody'],
    'A subject is no ARN.',
    guides.awsLanguage,
  ],
  [
    'a wildcard that is a letter, in the place of the repository',
    ofHub({}, { sub: 'repo:octo/${*}:*' }),
    ['allows-nobody'],
    'No repository is called so.',
    guides.awsLanguage,
  ],
  [
    'an external id of one letter',
    policy({
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::123456789012:root' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': 'a' } },
    }),
    ['allows-nobody'],
    'It has two at least.',
    guides.awsKeys,
  ],
  [
    'an external id of no letter',
    policy({
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::123456789012:root' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': '' } },
    }),
    ['allows-nobody'],
    'It has two at least.',
    guides.awsKeys,
  ],
  [
    'claims as tokens have them',
    ofHub({
      ...{ sub: immutable, ref: 'refs/heads/main', repository: 'octo/app', repository_id: '724113' },
      ...{ repository_owner_id: '65001', job_workflow_ref: flow },
    }),
    [],
    'Each holds beside the subject.',
    guides.gitHubOidc,
  ],
  ['an empty audience', of(cluster, '', pod), ['never-matches'], 'STS takes no token without one.', guides.eksIrsa],
  [
    'the id of the organization in capitals',
    of(`vstoken.dev.azure.com/${organization.toUpperCase()}`, 'api://AzureADTokenExchange', {
      sub: 'p://contoso/web/release',
    }),
    ['wrong-issuer'],
    'Tokens have it in lower case.',
    guides.devOpsAws,
  ],
  ...[`dev.azure.com/${organization}`, 'dev.azure.com/contoso', 'contoso.visualstudio.com'].map(
    (name) =>
      [
        `the address of the organization as its issuer, ${name}`,
        of(name, 'api://AzureADTokenExchange', { sub: 'p://contoso/web/release' }),
        ['hardly-matches'],
        'It signs nothing.',
        guides.devOpsAws,
      ] as const,
  ),
  ...['github.com', 'github.com/octo', 'vstoken.actions.githubusercontent.com'].map(
    (name) =>
      [
        `not the issuer of jobs, ${name}`,
        of(name, 'sts.amazonaws.com', { sub: 'repo:octo@65001/app@724113:ref:refs/heads/main' }),
        ['hardly-matches'],
        'Jobs have tokens of token.actions alone.',
        guides.gitHubOidc,
      ] as const,
  ),
  [
    'AKS: an issuer with one id',
    of(aks(`${tenant}/`), 'sts.amazonaws.com', pod),
    ['wrong-issuer'],
    'It has those of the tenant and of the cluster.',
    'Azure/azure-workload-identity, docs of AKS clusters',
  ],
  [
    'AKS: its issuer',
    of(aks(`${tenant}/${organization}/`), 'sts.amazonaws.com', pod),
    [],
    'With the slash at its end.',
    'Azure/azure-workload-identity, docs of AKS clusters',
  ],
  [
    'the Entra issuer: the URI of the exchange as the audience of tokens',
    of(entra, devOpsApp, { oaud: 'api://AzureADTokenExchange', sub: connection }),
    ['never-matches'],
    'Tokens of version 2 have the id of an application there.',
    'Microsoft Learn, Access token claims reference, aud',
  ],
  [
    'the Entra issuer: a user who signed in to an application',
    of(entra, tenant, { sub: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ', oaud: exchange }),
    [],
    'The subject of a user is no GUID.',
    'Microsoft Learn, ID token claims reference, sub',
  ],
  [
    'Azure DevOps itself as the audience, of its own issuer',
    of(devOps, devOpsApp, { sub: 'p://contoso/web/release' }),
    ['never-matches'],
    'Such tokens have no azp.',
    guides.devOpsAws,
  ],
);
