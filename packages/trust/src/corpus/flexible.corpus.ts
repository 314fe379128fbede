import { guides, hub, samples } from './sample.corpus.ts';

const api = 'api://AzureADTokenExchange';

const expression = (value: string, more: object = {}) => [
  {
    name: 'flexible',
    issuer: `https://${hub}`,
    subject: null,
    audiences: [api],
    claimsMatchingExpression: { value, languageVersion: 1 },
    ...more,
  },
];
const byOwner = " and claims['repository_owner_id'] eq '65001'";
const byRepository = " and claims['repository_id'] eq '724113'";

export const flexibleLists = samples(
  [
    'flexible: branches of a repository',
    expression(`claims['sub'] matches 'repo:octo@65001/app@724113:ref:refs/heads/*'${byRepository}`),
    ['entra/any-branch'],
    'Whoever can push a branch.',
    guides.entraFlexible,
  ],
  [
    'flexible: branches that begin alike',
    expression(`claims['sub'] matches 'repo:octo@65001/app@724113:ref:refs/heads/main*'${byRepository}`),
    ['entra/open-name'],
    'main-2 is protected by nobody.',
    guides.entraFlexible,
  ],
  [
    'flexible: all of a repository by id',
    expression(`claims['sub'] matches 'repo:octo/app:*'${byRepository}`),
    ['entra/whole-repository'],
    'The id keeps others out.',
    guides.entraFlexible,
  ],
  [
    'flexible: all of a repository by name',
    expression(`claims['sub'] matches 'repo:octo/app:*'${byOwner}`),
    ['mutable-subject', 'entra/wildcard-ref', 'pull-request'],
    'Each branch and pull request, and of another repository that is given the name.',
    guides.entraFlexible,
  ],
  [
    'flexible: a whole organization',
    expression(`claims['sub'] matches 'repo:octo/*'${byOwner}`),
    ['entra/wildcard-repository'],
    'Each repository of it.',
    guides.entraFlexible,
  ],
  [
    'flexible: any subject of an organization',
    expression(`claims['sub'] matches '*'${byOwner}`),
    ['entra/wildcard-repository'],
    'Each repository of it.',
    guides.entraFlexible,
  ],
  [
    'flexible: pull requests of a repository',
    expression(`claims['sub'] eq 'repo:octo@65001/app@724113:pull_request'${byRepository}`),
    ['pull-request'],
    'Whoever can open one.',
    guides.entraFlexible,
  ],
  [
    'flexible: no id beside the subject',
    expression("claims['sub'] matches 'repo:octo/app:*'"),
    ['entra/malformed'],
    'Entra wants an id.',
    'Azure/azure-cli#32816',
  ],
  [
    'flexible: wildcards with eq',
    expression(`claims['sub'] eq 'repo:octo/app:*'${byRepository}`),
    ['never-matches'],
    'eq has none.',
    guides.entraFlexible,
  ],
  [
    'flexible: a branch without ref:',
    expression(`claims['sub'] matches 'repo:octo/app:refs/heads/*'${byRepository}`),
    ['never-matches'],
    'It is ref:refs/heads/….',
    guides.entraFlexible,
  ],
  [
    'flexible: tags of a project of GitLab',
    expression("claims['sub'] matches 'project_path:acme/web:ref_type:tag:ref:v*' and claims['project_id'] eq '7'", {
      issuer: 'https://gitlab.com',
    }),
    [],
    'The wildcard stays in the tag.',
    guides.entraFlexible,
  ],
  [
    'flexible: tags of a project of GitLab by its id',
    expression("claims['sub'] matches 'project_id:7:ref_type:tag:ref:v*' and claims['project_id'] eq '7'", {
      issuer: 'https://gitlab.com',
    }),
    [],
    'The wildcard stays in the tag.',
    guides.entraFlexible,
  ],
  [
    'flexible: the subject of GitLab alone',
    expression("claims['sub'] matches 'project_path:acme/web:ref_type:tag:ref:v*'", { issuer: 'https://gitlab.com' }),
    ['entra/malformed'],
    'Entra wants an id.',
    'hashicorp/terraform-provider-azuread#1901',
  ],
  [
    'flexible: any project of GitLab',
    expression("claims['sub'] matches 'project_path:*:ref_type:tag:ref:v*' and claims['user_id'] eq '5'", {
      issuer: 'https://gitlab.com',
    }),
    ['entra/wildcard-owner'],
    'Whatever the user can start.',
    guides.entraFlexible,
  ],
  [
    'flexible: any organization of Terraform Cloud',
    expression("claims['sub'] matches 'organization:*'", { issuer: 'https://app.terraform.io' }),
    ['entra/wildcard-owner'],
    'Every customer.',
    guides.entraFlexible,
  ],
  [
    'flexible: one workspace of Terraform Cloud',
    expression("claims['sub'] matches 'organization:acme:project:*:workspace:prod:run_phase:*'", {
      issuer: 'https://app.terraform.io',
    }),
    [],
    'Names of workspaces are unique.',
    guides.entraFlexible,
  ],
  [
    'flexible: no expression',
    expression('sub = x'),
    ['entra/malformed'],
    'It has claims and operators.',
    guides.entraFlexible,
  ],
);
