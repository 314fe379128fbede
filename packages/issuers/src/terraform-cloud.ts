import { awsDefaultKeys, awsSharedIssuers } from './aws-sources.ts';
import { type Citation, type Issuer, known } from './issuer.ts';
import { formatKeyValues, type KeyValueSubject, keyValueParts, parseKeyValues } from './key-value-subject.ts';

/** The issuer of most organizations. */
export const terraformCloudIssuer = 'https://app.terraform.io';

const issuers: readonly string[] = [terraformCloudIssuer, 'https://app.eu.terraform.io'];

const keys = ['organization', 'project', 'workspace', 'run_phase', 'stack', 'deployment', 'operation'];

const form = { first: 'organization', isKey: (key: string) => keys.includes(key) };

/** HCP Terraform. Terraform Enterprise has its own address, which nothing tells from others. */
export const terraformCloud: Issuer<KeyValueSubject> = /* @__PURE__ */ known(() => ({
  title: 'HCP Terraform',
  is: (iss) => issuers.includes(iss),
  sharedByStrangers: (iss) => issuers.includes(iss),
  ownerClaims: [
    { claim: 'terraform_workspace_id', kind: 'id', of: 'project' },
    { claim: 'terraform_organization_id', kind: 'id', of: 'owner' },
    { claim: 'terraform_workspace_name', kind: 'name', of: 'project' },
    { claim: 'terraform_organization_name', kind: 'name', of: 'owner' },
  ],
  claims: [
    ...['terraform_full_workspace', 'terraform_organization_id', 'terraform_organization_name'],
    ...['terraform_project_id', 'terraform_project_name', 'terraform_run_id', 'terraform_run_phase'],
    ...['terraform_workspace_id', 'terraform_workspace_name'],
  ],
  exampleSubjects: [
    'organization:acme:project:web:workspace:prod:run_phase:apply',
    'organization:acme:project:web:stack:site:deployment:prod:operation:apply',
  ],
  parseSubject: (subject) => parseKeyValues(subject, form),
  formatSubject: formatKeyValues,
  subjectParts(subject) {
    const parts = keyValueParts(subject, 'organization', 'project');
    // The name of a workspace is unique in its organization: with it, any project means one.
    const workspace = parts?.project === '*' ? /^workspace:([^:*?]+)(?::(.*))?$/.exec(parts.job ?? '') : undefined;
    return workspace ? { owner: parts?.owner, project: workspace[1], job: workspace[2] } : parts;
  },
  conditionKeys: () => [],
  requiredByAws: (iss) => (iss === issuers[0] ? ['sub'] : []),
  // Not of Terraform Enterprise [hashicorp/terraform-provider-azuread#1807].
  flexibleClaims: (iss) =>
    issuers.includes(iss) ? { operators: { sub: ['eq', 'matches'] }, required: [['sub']] } : undefined,
  audiences: { chosenBy: 'job', byDefault: 'aws.workload.identity at AWS, the same for every customer' },
  deprecations: [],
}));

/** Where its facts were read. */
export const terraformCloudSources: readonly Citation[] = [
  {
    of: ['urls', 'subjects', 'claims', 'audiences', 'owners'],
    title: 'HashiCorp Developer, Workload identity tokens',
    url: 'https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens',
    read: '2026-11-25',
    unchecked:
      "A stack's subject (stack, deployment, operation) was not seen. The claims were read in its discovery document of 2026-09-13.",
  },
  awsDefaultKeys,
  awsSharedIssuers,
  {
    of: ['flexible claims'],
    title: 'Microsoft Learn, Flexible federated identity credentials',
    url: 'https://learn.microsoft.com/en-us/entra/workload-id/workload-identities-flexible-federated-identity-credentials',
    read: '2026-11-25',
  },
];
