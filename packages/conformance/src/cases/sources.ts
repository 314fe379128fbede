/** A section of an RFC. */
export function rfc(number: number, section: string): string {
  return `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`;
}

const core = 'https://openid.net/specs/openid-connect-core-1_0.html';

/** Documents that cases rest on, beside RFCs. */
export const sources = {
  /** OpenID Connect Core 1.0, 2. */
  idToken: `${core}#IDToken`,
  /** OpenID Connect Core 1.0, 3.1.3.7. */
  validation: `${core}#IDTokenValidation`,
  /** OpenID Connect Core 1.0, 10.1. */
  signing: `${core}#Signing`,
  /** OpenID Connect Core 1.0, 10.1.1. */
  rotation: `${core}#RotateSigKeys`,
  /** OpenID Connect Discovery 1.0, 4.3. */
  discovery: 'https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation',
  gitHub: 'https://docs.github.com/en/actions/reference/security/oidc',
  gitHubReusable:
    'https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-with-reusable-workflows',
  gitHubReruns: 'https://docs.github.com/en/actions/how-tos/manage-workflow-runs/re-run-workflows-and-jobs',
  gitLab: 'https://docs.gitlab.com/ci/secrets/id_token_authentication/',
  kubernetesAccounts: 'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#service-account-tokens',
  kubernetes:
    'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration',
  azurePipelines: 'https://github.com/gravitational/teleport/blob/master/rfd/0211-azure-devops-joining.md',
  entraConnections: 'https://learn.microsoft.com/en-us/azure/devops/pipelines/release/troubleshoot-workload-identity',
  entra: 'https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-considerations',
  entraAudiences: 'https://github.com/zitadel/oidc/issues/887',
  entraLifetime: 'https://github.com/MicrosoftDocs/azure-docs/issues/86916',
  iamOperators: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html',
  /** Answers of real STS, captured. */
  sts: 'https://github.com/radkawar/stackd/blob/main/internal/services/sts/testdata/oidc/aws.json',
  stsKeys: 'https://github.com/radkawar/stackd/blob/main/internal/services/sts/testdata/oidc/aws-keys.json',
  /** By which Vault validates claims. */
  cap: 'https://github.com/hashicorp/cap/blob/main/jwt/jwt.go',
  vault: 'https://developer.hashicorp.com/vault/api-docs/auth/jwt',
} as const;
