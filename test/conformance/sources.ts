export interface Source {
  readonly title: string;
  readonly url: string;
  /** The day that it was captured, written or read, ISO 8601. */
  readonly day: string;
  /** `captured`: the service's own answer, kept by somebody; `documented`: its owner says so. */
  readonly kind: 'captured' | 'documented';
  /** What it is known to say was not read again on that day. */
  readonly fromMemory?: true;
}

const captures = 'https://github.com/radkawar/stackd/blob/main';
const capturedAt = (service: string, folder: string, file: string): Source => ({
  title: `radkawar/stackd, captures of real ${service}, ${file}`,
  url: `${captures}/${folder}/${file}`,
  day: '2026-09-11',
  kind: 'captured',
});
const captured = (file: string) => capturedAt('STS', 'internal/services/sts/testdata/oidc', file);
const capturedControls = (name: string) =>
  capturedAt('IAM', 'iam/policy/testdata', `oidc_trust_controls${name}_aws.json`);
const issue = (repository: string, number: number, day: string): Source => ({
  title: `${repository}#${number}`,
  url: `https://github.com/${repository}/issues/${number}`,
  day,
  kind: 'captured',
});
const documented = (title: string, url: string, day = '2026-11-25'): Source => ({
  title,
  url,
  day,
  kind: 'documented',
});
const fromMemory = (source: Source): Source => ({ ...source, fromMemory: true });
const iam = (title: string, page: string) =>
  documented(`IAM User Guide, ${title}`, `https://docs.aws.amazon.com/IAM/latest/UserGuide/${page}.html`);
/** As it was when AWS kept its text in public. */
const iamOf2023 = (title: string, page: string) =>
  documented(
    `IAM User Guide, ${title}`,
    `https://github.com/awsdocs/iam-user-guide/blob/1d158fa/doc_source/${page}.md`,
    '2023-05-19',
  );
const learn = (title: string, page: string, day?: string) =>
  documented(`Microsoft Learn, ${title}`, `https://learn.microsoft.com/en-us/entra/${page}`, day);

/** Where the answers stand, by the name that rows say. */
export const sources = {
  stsTokens: captured('aws.json'),
  stsKeys: captured('aws-keys.json'),
  stsRoles: captured('aws-roles.json'),
  stsTrust: captured('aws-trust.json'),
  iamControls: capturedControls(''),
  iamControlsEdges: capturedControls('_edges'),
  iamControlsGitHub: capturedControls('_github'),
  iamControlsDetails: capturedControls('_details'),
  stsAudience: issue('aws-actions/configure-aws-credentials', 775, '2023-07-18'),
  stsNoProvider: issue('aws-actions/configure-aws-credentials', 280, '2021-10-06'),
  stsApi: documented(
    'AWS STS API Reference, AssumeRoleWithWebIdentity',
    'https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html',
  ),
  iamOperators: iam('Condition operators', 'reference_policies_elements_condition_operators'),
  iamCondition: iamOf2023('Condition', 'reference_policies_elements_condition'),
  iamSeveral: iamOf2023(
    'Creating a condition with multiple keys or values',
    'reference_policies_multi-value-conditions',
  ),
  iamSets: iam(
    'Set operators for multivalued keys',
    'reference_policies_condition-single-vs-multi-valued-context-keys',
  ),
  iamVariables: iamOf2023('Variables and tags', 'reference_policies_variables'),
  iamVersion: iam('Version', 'reference_policies_elements_version'),
  iamLogic: iamOf2023('Policy evaluation logic', 'reference_policies_evaluation-logic'),
  iamAction: iam('Action', 'reference_policies_elements_action'),
  iamNotAction: iam('NotAction', 'reference_policies_elements_notaction'),
  iamNotPrincipal: iam('NotPrincipal', 'reference_policies_elements_notprincipal'),
  iamPrincipal: iamOf2023('Principal', 'reference_policies_elements_principal'),
  iamKeys: fromMemory(iam('Available keys for AWS OIDC federation', 'reference_policies_iam-condition-keys')),
  iamShared: iam('Identity-provider controls for shared OIDC providers', 'id_roles_providers_oidc_secure-by-default'),
  stsServiceKeys: documented(
    'Service Authorization Reference, AWS Security Token Service, as udondan/iam-floyd has it',
    'https://github.com/udondan/iam-floyd/blob/0323fa9/lib/generated/policy-statements/sts.ts',
  ),
  entraManagedIdentity: learn(
    'Configure an application to trust a managed identity',
    'workload-id/workload-identity-federation-config-app-trust-managed-identity',
  ),
  entraRestrictions: learn(
    'Important considerations and restrictions for federated identity credentials',
    'workload-id/workload-identity-federation-considerations',
  ),
  entraFlexible: learn(
    'Flexible federated identity credentials',
    'workload-id/workload-identities-flexible-federated-identity-credentials',
    '2026-08-14',
  ),
  entraMutable: learn(
    'Mutable subjects in federated identity credentials',
    'workload-id/workload-identities-federated-credential-mutable-subjects',
    '2026-07-28',
  ),
  entraFlexibleSetUp: learn(
    'Set up a flexible federated identity credential',
    'workload-id/workload-identities-set-up-flexible-federated-identity-credential',
    '2026-09-18',
  ),
  entraFlexibleText: issue('hashicorp/terraform-provider-azuread', 1901, '2026-08-07'),
  entraFlexibleGitHubText: issue('git-bug/git-bug', 1584, '2026-08-03'),
  entraFlexibleIssuers: issue('hashicorp/terraform-provider-azuread', 1807, '2025-11-19'),
  entraCodes: learn(
    'Microsoft Entra authentication and authorization error codes',
    'identity-platform/reference-error-codes',
    '2024-04-24',
  ),
  entraAudience: documented(
    'GitLab Docs, Configure OpenID Connect in Azure',
    'https://docs.gitlab.com/ci/cloud_services/azure/',
  ),
  entraLifetime: issue('MicrosoftDocs/azure-docs', 86916, '2022-01-25'),
  entraNoPrincipal: issue('Azure/Commercial-Marketplace-SaaS-Accelerator', 830, '2025-06-09'),
  entraNoDomain: issue('caddy-dns/azure', 3, '2022-04-16'),
  entraScope: issue('microsoftgraph/msgraph-sdk-python', 181, '2023-04-25'),
  entraNoRole: documented(
    'Microsoft Learn, Protected web API: App registration',
    'https://learn.microsoft.com/en-us/entra/identity-platform/scenario-protected-web-api-app-registration',
  ),
  entraAudiences: issue('zitadel/oidc', 887, '2026-04-28'),
  entraDevice: issue('Azure/azure-workload-identity', 618, '2022-10-28'),
  entraSubject: issue('Azure/login', 482, '2024-09-06'),
  entraSubjectCase: issue('Azure/login', 515, '2025-02-22'),
  entraIssuerText: issue('Azure/azure-workload-identity', 1200, '2024-03-01'),
  entraSlash: issue('MicrosoftDocs/azure-docs', 97699, '2022-08-29'),
  entraWildcardSubject: issue('tig/winprint', 125, '2026-06-20'),
  entraUnknownKey: issue('Azure/azure-workload-identity', 1232, '2024-01-14'),
  entraTimes: issue('dotnet/docker-tools', 1310, '2024-05-28'),
  entraComputed: issue('microsoft/Agents', 202, '2025-07-07'),
  entraApplication: issue('Azure/login', 561, '2025-10-12'),
  entraOlderText: issue('Azure/azure-workload-identity', 616, '2022-10-27'),
  entraServer: issue('Azure/login', 283, '2022-12-16'),
  entraEndpoint: issue('Azure/azure-workload-identity', 605, '2022-10-21'),
  entraEndpointLater: issue('microsoft/azure-pipelines-tasks', 19831, '2024-05-01'),
  entraOwnTokens: issue('Azure/azure-workload-identity', 820, '2023-03-30'),
  entraFirstParty: issue('Azure/azure-workload-identity', 1274, '2024-02-29'),
  entraTwice: issue('Azure/azure-workload-identity', 1363, '2024-06-03'),
  entraUserToken: issue('MicrosoftDocs/azure-docs', 109083, '2023-05-04'),
  entraEnterprise: issue('triton-lang/triton', 10680, '2026-06-19'),
  entraPipeline: issue('microsoft/terraform-provider-fabric', 23, '2024-10-01'),
  entraOtherTenant: {
    title: 'Microsoft Q&A 2139753',
    url: 'https://learn.microsoft.com/en-us/answers/questions/2139753/aadsts700236-entra-id-tokens-issued-by-issuer-http',
    day: '2024-12-23',
    kind: 'captured',
  },
  entraTroubleshooting: documented(
    'Microsoft Learn, Troubleshoot an Azure Resource Manager workload identity service connection',
    'https://learn.microsoft.com/en-us/azure/devops/pipelines/release/troubleshoot-workload-identity',
  ),
  entraDevOpsConnection: documented(
    'Microsoft Learn, Access Azure DevOps with Microsoft Entra workload identity',
    'https://learn.microsoft.com/en-us/azure/devops/pipelines/library/add-devops-entra-service-connection',
    '2026-03-23',
  ),
  armFormat: issue('zioproto/istio-aks-example', 6, '2024-04-29'),
  teleport: {
    title: 'Teleport RFD 211, decoded tokens of Azure Pipelines',
    url: 'https://github.com/gravitational/teleport/blob/master/rfd/0211-azure-devops-joining.md',
    day: '2025-04-28',
    kind: 'captured',
  },
  devOpsReference: issue('dotnet/docker-tools', 2012, '2026-03-11'),
  devOpsMethod: issue('hashicorp/packer-plugin-azure', 421, '2025-01-15'),
  devOpsRedirect: issue('Azure/azure-sdk-for-net', 46135, '2024-09-24'),
  devOpsProblem: issue('Azure/azure-sdk-for-js', 29854, '2024-06-04'),
  gitHubReference: documented(
    'GitHub Docs, OpenID Connect reference',
    'https://docs.github.com/en/actions/reference/security/oidc',
  ),
  gitLabTokens: documented(
    'GitLab Docs, OpenID Connect (OIDC) authentication using ID tokens',
    'https://docs.gitlab.com/ci/secrets/id_token_authentication/',
    '2026-11-26',
  ),
  gitLabSource: documented(
    'GitLab, Gitlab::Ci::JwtV2 and ProjectCiCdSetting',
    'https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/gitlab/ci/jwt_v2.rb',
    '2026-11-26',
  ),
} as const satisfies Readonly<Record<string, Source>>;
