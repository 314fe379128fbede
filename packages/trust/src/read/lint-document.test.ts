import { describe, expect, it } from 'vitest';
import { JsonDocument } from '../json.ts';
import { lintTrustDocument } from './lint-document.ts';
import { trustDocumentsIn } from './trust-documents.ts';

const found = (value: unknown) => {
  const [document] = trustDocumentsIn(JsonDocument.parse(JSON.stringify(value)));
  return document ? lintTrustDocument(document).map(({ rule }) => rule) : undefined;
};

const exchange = ['api://AzureADTokenExchange'];
const expression = (value: string) => ({ value, languageVersion: 1 });
const flexible = (issuer: string, value: string) => ({
  issuer,
  audiences: exchange,
  claimsMatchingExpression: expression(value),
});
const ofGitHub = `claims['sub'] matches 'repo:octo@1/app@2:environment:prod-*' and claims['repository_id'] eq '2'`;
const ofGitLab = `claims['sub'] eq 'project_path:a/b:ref_type:branch:ref:main' and claims['project_id'] eq '57382910'`;

/** Credentials of which nothing is to be said. */
const credentials: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  exact: {
    issuer: 'https://token.actions.githubusercontent.com',
    subject: 'repo:octo@1/app@2:ref:refs/heads/main',
    audiences: exchange,
  },
  'flexible, of GitHub': flexible('https://token.actions.githubusercontent.com', ofGitHub),
  'flexible, of GitLab': flexible('https://gitlab.com', ofGitLab),
  'flexible, of a GitLab of its own': flexible('https://gitlab.example.com', ofGitLab),
  'flexible, of HCP Terraform': flexible(
    'https://app.terraform.io',
    `claims['sub'] eq 'organization:a:project:b:workspace:c:run_phase:apply'`,
  ),
};

/** Each choice of members, none left out but none. */
function* choices(names: readonly string[]): Generator<readonly string[]> {
  for (let bits = 1; bits < 2 ** names.length; bits += 1) yield names.filter((_, index) => (bits >> index) % 2 === 1);
}

const cases = Object.entries(credentials).flatMap(([title, credential]) =>
  [...choices(['name', ...Object.keys(credential)])].map(
    (unknown) => [title, unknown.join(', '), { name: 'deploy', ...credential }, unknown] as const,
  ),
);

describe('What only a deployment knows is no fault of a federated credential', () => {
  it.each(cases)('as a parameter of ARM, %s: %s', (_title, _names, { name, ...credential }, unknown) => {
    const parameter = (text: string) => `[parameters('${text}')]`;
    const all = Object.entries(credential).map(([member, value]) => {
      if (!unknown.includes(member)) return [member, value];
      if (member === 'audiences') return [member, [parameter(member)]];
      return [member, member === 'claimsMatchingExpression' ? expression(parameter('x')) : parameter(member)];
    });
    const template = {
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      resources: [
        {
          type: 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials',
          name: unknown.includes('name') ? parameter('name') : name,
          properties: Object.fromEntries(all),
        },
      ],
    };
    expect(new Set(found(template))).toEqual(new Set(['read/unresolved']));
  });

  it.each(cases)('as what Terraform knows after the plan is applied, %s: %s', (_title, _names, credential, unknown) => {
    const { name, audiences, claimsMatchingExpression, ...own } = credential as Readonly<Record<string, unknown>>;
    const rest = { ...own, audience: (audiences as readonly string[])[0] };
    const value = (claimsMatchingExpression as { value?: string } | undefined)?.value;
    const values = { display_name: name, ...rest, ...(value ? { claims_matching_expression: value } : {}) };
    const names: Readonly<Record<string, string>> = {
      ...{ name: 'display_name', audiences: 'audience', claimsMatchingExpression: 'claims_matching_expression' },
    };
    const after = unknown.map((member) => names[member] ?? member);
    const known = Object.fromEntries(Object.entries(values).filter(([member]) => !after.includes(member)));
    const address = 'azuread_application_federated_identity_credential.x';
    const plan = {
      format_version: '1.2',
      planned_values: { root_module: { resources: [{ address, values: known }] } },
      resource_changes: [{ address, change: { after_unknown: Object.fromEntries(after.map((one) => [one, true])) } }],
    };
    expect(new Set(found(plan))).toEqual(new Set(['read/unresolved']));
  });

  it('but what is known of an expression is', () => {
    const template = (value: string) => ({
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      resources: [
        {
          type: 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials',
          name: 'deploy',
          properties: flexible("[parameters('issuer')]", value),
        },
      ],
    });
    expect(found(template(ofGitHub))).toEqual(['read/unresolved']);
    expect(found(template(`${ofGitHub} or`))).toEqual(['read/unresolved', 'entra/malformed']);
  });
});

describe('An application of several tenants keeps the Azure DevOps issuer', () => {
  const federatedIdentityCredentials = [
    {
      name: 'deploy',
      issuer: 'https://vstoken.dev.azure.com/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d',
      subject: 'sc://contoso/web/deploy',
      audiences: exchange,
    },
  ];
  it.each([
    ['AzureADMultipleOrgs', []],
    ['AzureADandPersonalMicrosoftAccount', []],
    ['AzureADMyOrg', ['retired-issuer']],
    ['PersonalMicrosoftAccount', ['retired-issuer']],
    [undefined, ['retired-issuer']],
    [7, ['retired-issuer']],
  ])('where signInAudience is %s: %j', (signInAudience, rules) => {
    expect(found({ displayName: 'x', signInAudience, federatedIdentityCredentials })).toEqual(rules);
    expect(found({ DisplayName: 'x', SignInAudience: signInAudience, federatedIdentityCredentials })).toEqual(rules);
    expect(found({ value: [{ signInAudience, federatedIdentityCredentials }] })).toEqual(rules);
  });
});
