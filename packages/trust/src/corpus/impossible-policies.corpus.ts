import {
  cluster,
  connection,
  devOps,
  entra,
  flow,
  guides,
  immutable,
  of,
  ofHub,
  organization,
  samples,
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
    ['never-matches'],
    'No repository is called so.',
    guides.gitHubAws,
  ],
  [
    'the address of a clone, any ref',
    ofHub({}, { sub: 'repo:octo/app.git:*' }),
    ['never-matches'],
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
    { repository: 'octo/app.git' },
    { repository_id: 'octo/app' },
    { repository_owner_id: 'octo' },
    { job_workflow_ref: 'octo/flows/.github/workflows/deploy.yml' },
    { job_workflow_ref: '.github/workflows/deploy.yml@refs/heads/main' },
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
        ['wrong-issuer'],
        'It signs nothing.',
        guides.devOpsAws,
      ] as const,
  ),
  ...['github.com', 'github.com/octo', 'vstoken.actions.githubusercontent.com'].map(
    (name) =>
      [
        `not the issuer of jobs, ${name}`,
        of(name, 'sts.amazonaws.com', { sub: 'repo:octo@65001/app@724113:ref:refs/heads/main' }),
        ['wrong-issuer'],
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
