import { connection, devOps, entra, guides, hub, immutable, named, samples, tenant } from './sample.corpus.ts';

const api = 'api://AzureADTokenExchange';
const credential = (name: string, subject: string, more: object = {}) => ({
  name,
  issuer: `https://${hub}`,
  subject,
  audiences: [api],
  ...more,
});
const one = (subject: string, more: object = {}) => [credential('main', subject, more)];
const devOpsApp = '499b84ac-1321-427f-aa17-267ca6975798';
const portal = 'Azure/login#515, #517';
const repo = (context: string) => `repo:octo@65001/app@724113:${context}`;

export const impossibleCredentials = samples(
  [
    'a name of two letters',
    [credential('ab', immutable)],
    ['entra/malformed'],
    'Three at least.',
    guides.graphCredential,
  ],
  [
    'a name of 130 letters',
    [credential('a'.repeat(130), immutable)],
    ['entra/malformed'],
    '120 at most.',
    guides.graphCredential,
  ],
  [
    'a name with a blank',
    [credential('my credential', immutable)],
    ['entra/malformed'],
    'Letters, digits, - and _.',
    guides.graphCredential,
  ],
  [
    'a subject of 700 letters',
    one(`${repo('environment:')}${'e'.repeat(660)}`),
    ['entra/malformed'],
    '600 at most.',
    guides.graphCredential,
  ],
  ['an empty subject', one(''), ['entra/malformed'], 'It must say something.', guides.graphCredential],
  [
    'a repository without more',
    one('repo:octo/app'),
    ['customized-subject', 'mutable-subject', 'entra/wildcard-ref', 'pull-request'],
    'It is of a template of the repository alone, which few have and which has all refs in it.',
    portal,
  ],
  ['a branch without ref:', one(repo('refs/heads/main')), ['never-matches'], 'It is ref:refs/heads/main.', portal],
  [
    'a folder of refs that no job has',
    one(repo('ref:refs/head/main')),
    ['never-matches'],
    'It is refs/heads/.',
    portal,
  ],
  ['a branch by its name', one(repo('ref:main')), ['never-matches'], 'It is ref:refs/heads/main.', portal],
  [
    'a colon in the name of an environment',
    one(repo('environment:prod:eu')),
    ['never-matches'],
    'GitHub writes %3A.',
    guides.gitHubOidc,
  ],
  [
    'a colon in the name of an environment, escaped',
    one(repo('environment:prod%3Aeu')),
    [],
    'As GitHub writes it.',
    guides.gitHubOidc,
  ],
  [
    'a URL in the place of the name',
    one('repo:https://github.com/octo/app:ref:refs/heads/main'),
    ['never-matches'],
    'Owner and repository alone.',
    portal,
  ],
  ['a blank at the end', one(`${named} `), ['never-matches'], 'Compared exactly.', portal],
  [
    'the word repo in capitals',
    one('Repo:octo/app:ref:refs/heads/main'),
    ['never-matches'],
    'Compared exactly.',
    portal,
  ],
  ['pull_request with a dash', one(repo('pull-request')), ['never-matches'], 'It is pull_request.', portal],
  [
    'the address of a clone in the place of the name',
    one('repo:octo/app.git:ref:refs/heads/main'),
    ['hardly-matches', 'mutable-subject'],
    'No repository is called so.',
    portal,
  ],
  [
    'the address of a clone, with ids',
    one('repo:octo@65001/app.git@724113:ref:refs/heads/main'),
    ['hardly-matches'],
    'The same.',
    portal,
  ],
  ['a branch without a name', one(repo('ref:refs/heads/')), ['never-matches'], 'The name was empty.', portal],
  ['a tag without a name', one(repo('ref:refs/tags/')), ['never-matches'], 'The same.', portal],
  ['a branch with a blank', one(repo('ref:refs/heads/my branch')), ['never-matches'], 'git allows none.', portal],
  [
    'an owner that begins with a hyphen',
    one('repo:-octo/app:ref:refs/heads/main'),
    ['never-matches'],
    'GitHub has no such owner.',
    guides.gitHubOidc,
  ],
  [
    'an owner whose name ends in a hyphen',
    one('repo:octo-/app:ref:refs/heads/main'),
    ['mutable-subject'],
    'Early accounts may have it.',
    guides.gitHubOidc,
  ],
  [
    'the id of the organization in capitals',
    one('sc://contoso/web/deploy', {
      issuer: `https://${devOps.toUpperCase().replace(/^[^/]+/, 'vstoken.dev.azure.com')}`,
    }),
    ['wrong-issuer', 'retired-issuer'],
    'Tokens have it in lower case.',
    guides.devOpsConvert,
  ],
  [
    'the id of the tenant in capitals',
    one(connection, { issuer: `https://login.microsoftonline.com/${tenant.toUpperCase()}/v2.0` }),
    ['wrong-issuer'],
    'Tokens have it in lower case.',
    guides.entraManaged,
  ],
  ...['https://dev.azure.com/contoso', 'https://contoso.visualstudio.com'].map(
    (issuer) =>
      [
        `the address of the organization as its issuer, ${issuer}`,
        one('sc://contoso/web/deploy', { issuer }),
        ['hardly-matches', 'retired-issuer'],
        'It signs nothing.',
        guides.devOpsConvert,
      ] as const,
  ),
  ...['https://github.com', 'https://github.com/octo/app', 'https://vstoken.actions.githubusercontent.com'].map(
    (issuer) =>
      [
        `not the issuer of jobs, ${issuer}`,
        one(immutable, { issuer }),
        ['hardly-matches'],
        'Jobs have tokens of token.actions alone.',
        guides.gitHubOidc,
      ] as const,
  ),
  [
    'AKS: an issuer with one id',
    one('system:serviceaccount:agents:azp', { issuer: `https://westeurope.oic.prod-aks.azure.com/${tenant}/` }),
    ['wrong-issuer'],
    'It has those of the tenant and of the cluster.',
    'Azure/azure-workload-identity, docs of AKS clusters',
  ],
  ['an empty audience', one(immutable, { audiences: [''] }), ['entra/wrong-audience'], 'No token has it.', portal],
  [
    'a blank behind the audience',
    one(immutable, { audiences: [`${api} `] }),
    ['entra/wrong-audience'],
    'Compared exactly.',
    portal,
  ],
  [
    'Azure DevOps itself as the audience',
    one('sc://contoso/web/deploy', { issuer: `https://${devOps}`, audiences: [devOpsApp] }),
    ['entra/wrong-audience', 'retired-issuer'],
    'It is the azp of tokens, and the resource of others.',
    guides.entraManaged,
  ],
  [
    'Azure DevOps itself as the audience of a job of GitHub',
    one(immutable, { audiences: [devOpsApp] }),
    ['hardly-matches'],
    'The same.',
    guides.entraManaged,
  ],
  [
    'a user of the tenant',
    one('AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ', { issuer: `https://${entra}` }),
    [],
    'The subject of a user is another for each application, and no GUID.',
    'Microsoft Learn, ID token claims reference, sub',
  ],
  [
    'one of a company with an issuer of its own',
    one('build', { issuer: 'https://idp.example.com/', audiences: ['api://ours'] }),
    [],
    'Nothing is known of it.',
    guides.entraFederation,
  ],
);
