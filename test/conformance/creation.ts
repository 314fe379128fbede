import type { Row } from './row.ts';

interface CredentialDocument {
  readonly name: string;
  readonly issuer: string;
  readonly subject?: string | null;
  readonly claimsMatchingExpression?: { readonly value: string; readonly languageVersion: number };
  readonly audiences: readonly string[];
}

/** The federated credentials of an application, and whether Entra takes them. */
export interface CredentialRow extends Row {
  readonly credentials: (gitHub: string) => readonly CredentialDocument[];
  readonly accepted: boolean;
  readonly saying?: string;
}

const uri = 'api://AzureADTokenExchange';
const usual = { name: 'main', issuer: 'https://issuer.example.com', subject: 'job-7', audiences: [uri] };
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...usual, name: `job-${index}`, subject: `job-${index}` }));
const one = (
  name: string,
  source: CredentialRow['source'],
  accepted: boolean,
  changed: Partial<CredentialDocument>,
  saying?: string,
): CredentialRow => ({
  ...{ name, source, accepted },
  ...(saying === undefined ? {} : { saying }),
  credentials: () => [{ ...usual, ...changed }],
});
interface Flexible {
  readonly source?: CredentialRow['source'];
  readonly issuer?: string;
  readonly languageVersion?: number;
}
const flexible = (
  name: string,
  accepted: boolean,
  value: string,
  { source = 'entraFlexible', issuer, languageVersion = 1 }: Flexible = {},
): CredentialRow => ({
  name: `flexible: ${name}`,
  source,
  accepted,
  credentials: (gitHub) => [
    {
      name: 'flexible',
      issuer: issuer ?? gitHub,
      subject: null,
      claimsMatchingExpression: { value, languageVersion },
      audiences: [uri],
    },
  ],
});
/** What Graph says where the claims are not those that an issuer's expression must and may have. */
const wrongClaims = (issuer: string, value: string) =>
  'The FederatedIdentityCredential.ClaimsMatchingExpression.Value is invalid. Rule exception: Expression configured for issuer ' +
  `'${issuer}' either lacks all required claims or contains unallowed claims. paramName: ` +
  `FederatedIdentityCredential.ClaimsMatchingExpression.Value, paramValue: ${value}, objectType: ` +
  'Microsoft.Online.DirectoryServices.Application';
const captured = (name: string, source: CredentialRow['source'], issuer: string, value: string): CredentialRow => ({
  ...flexible(name, false, value, { source, issuer }),
  saying: wrongClaims(issuer, value),
});
const gitLab = 'https://gitlab.com';
const byPath = "claims['sub'] matches 'project_path:octo/app:ref_type:branch:ref:*'";
const byId = "claims['sub'] matches 'project_id:57382910:*'";
const project = "claims['project_id'] eq '57382910'";
const workspace = "claims['sub'] matches 'organization:octo:project:web:workspace:prod:run_phase:*'";
const incomplete =
  "The request format was unexpected. Federated Identity Credential must specify 'issuer', 'subject' and 'audience'.";
const sub7 = "claims['sub'] matches 'repo:octo/app:*'";
const id = "claims['repository_id'] eq '724113'";

/** What Entra takes as federated credentials. */
export const credentialRows: readonly CredentialRow[] = [
  one('a name of 3 letters', 'entraRestrictions', true, { name: 'a-7' }),
  one('a name of 2 letters', 'entraRestrictions', false, { name: 'a7' }),
  one('a name of 120 letters', 'entraRestrictions', true, { name: 'a'.repeat(120) }),
  one('a name of 121 letters', 'entraRestrictions', false, { name: 'a'.repeat(121) }),
  one('a name with a blank', 'entraRestrictions', false, { name: 'my job' }),
  one('a name that begins with a dash', 'entraRestrictions', false, { name: '-job' }),
  one('a subject of 600 letters', 'entraRestrictions', true, { subject: 'a'.repeat(600) }),
  one('a subject of 601 letters', 'entraRestrictions', false, { subject: 'a'.repeat(601) }),
  one('an issuer of 601 letters', 'entraRestrictions', false, { issuer: `https://${'a'.repeat(593)}` }),
  one('two audiences', 'entraRestrictions', false, { audiences: [uri, 'api://other'] }),
  one('no audience', 'armFormat', false, { audiences: [] }, incomplete),
  one('an empty subject', 'armFormat', false, { subject: '' }, incomplete),
  one('no issuer', 'armFormat', false, { issuer: '' }, incomplete),
  one('a subject and an expression', 'entraFlexible', false, {
    claimsMatchingExpression: { value: sub7, languageVersion: 1 },
  }),
  { name: 'twenty', source: 'entraRestrictions', accepted: true, credentials: () => many(20) },
  { name: 'twenty-one', source: 'entraRestrictions', accepted: false, credentials: () => many(21) },
  {
    name: 'an issuer and a subject twice',
    source: 'entraRestrictions',
    accepted: false,
    credentials: () => [usual, { ...usual, name: 'again' }],
  },
  flexible('a subject and the id of the repository', true, `${sub7} and ${id}`),
  flexible('a subject and the id of the owner', true, `${sub7} and claims['repository_owner_id'] eq '65001'`),
  flexible('a subject without an id', false, sub7),
  flexible('an id without a subject', false, id),
  flexible('an id by matches', false, `${sub7} and claims['repository_id'] matches '7*'`),
  flexible('another claim of GitHub', false, `${sub7} and ${id} and claims['actor'] eq 'mona'`),
  flexible('another operator', false, "claims['sub'] like 'repo:octo/app:*'"),
  flexible('two spaces', false, `claims['sub']  matches 'repo:octo/app:*' and ${id}`),
  flexible('double quotes', false, `claims["sub"] matches "repo:octo/app:*" and ${id}`),
  flexible('or', false, `${sub7} or ${id}`),
  flexible('nothing', false, ''),
  flexible('another version of the language', false, `${sub7} and ${id}`, { languageVersion: 2 }),
  captured(
    "GitHub's subject alone",
    'entraFlexibleGitHubText',
    'https://token.actions.githubusercontent.com',
    "claims['sub'] matches 'repo:octo@65001/*'",
  ),
  captured("GitLab's subject alone", 'entraFlexibleText', gitLab, byPath),
  flexible('GitLab, a subject of an id alone', false, byId, { source: 'entraMutable', issuer: gitLab }),
  flexible('GitLab, the project alone', false, project, { source: 'entraMutable', issuer: gitLab }),
  flexible('GitLab, a subject and the project', true, `${byId} and ${project}`, {
    source: 'entraMutable',
    issuer: gitLab,
  }),
  flexible('GitLab, a subject and the namespace', true, `${byId} and claims['namespace_id'] eq '9'`, {
    source: 'entraMutable',
    issuer: gitLab,
  }),
  flexible('GitLab, a subject and the user', true, `${byId} and claims['user_id'] eq '5'`, {
    source: 'entraMutable',
    issuer: gitLab,
  }),
  flexible('GitLab, a project by matches', false, `${byId} and claims['project_id'] matches '5*'`, {
    issuer: gitLab,
  }),
  flexible('GitLab, another claim', false, `${byPath} and ${project} and claims['ref'] eq 'main'`, { issuer: gitLab }),
  ...['https://gitlab.example.com', 'https://gitlab.example.ca'].map((issuer) =>
    flexible(`GitLab at ${issuer}`, true, `${byPath} and ${project}`, { source: 'entraFlexibleSetUp', issuer }),
  ),
  flexible('GitLab at another address', false, `${byPath} and ${project}`, { issuer: 'https://git.example.org' }),
  ...['https://app.terraform.io', 'https://app.eu.terraform.io'].map((issuer) =>
    flexible(`Terraform Cloud at ${issuer}`, true, workspace, { source: 'entraFlexibleSetUp', issuer }),
  ),
  flexible('Terraform Cloud, another claim', false, `${workspace} and claims['terraform_run_id'] eq 'run-7'`, {
    issuer: 'https://app.terraform.io',
  }),
  flexible('Terraform Enterprise', false, workspace, {
    source: 'entraFlexibleIssuers',
    issuer: 'https://terraform.example.com',
  }),
  ...[
    'https://token.actions.githubusercontent.com/octo',
    'https://token.actions.octo.ghe.com',
    'https://github.example.com/_services/token',
  ].map((issuer) => flexible(`GitHub at ${issuer}`, false, `${sub7} and ${id}`, { issuer })),
  ...[
    'https://agent.buildkite.com',
    'https://vstoken.dev.azure.com/0ca3ddd9-f0b0-4635-a98c-586652696105',
    'https://issuer.example.com',
  ].map((issuer) => flexible(issuer, false, "claims['sub'] matches 'job-*'", { issuer })),
];
