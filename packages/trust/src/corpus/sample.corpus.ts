import type { RuleId } from '../rules.ts';

/** A document as it is found in guides and templates, in our own words and names, and what is to be said of it. */
export interface Sample {
  readonly title: string;
  readonly document: unknown;
  readonly findings: readonly RuleId[];
  /** Why that is right. */
  readonly why: string;
  /** Where its shape was seen, or where the rule is documented. */
  readonly source: string;
}

/** [title, document, findings, why, source] */
type Row = readonly [string, unknown, readonly RuleId[], string, string];

export function samples(...rows: readonly Row[]): readonly Sample[] {
  return rows.map(([title, document, findings, why, source]) => ({ title, document, findings, why, source }));
}

export const account = '123456789012';
export const hub = 'token.actions.githubusercontent.com';
export const organization = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
export const tenant = '1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9';
export const devOps = `vstoken.dev.azure.com/${organization}`;
export const entra = `login.microsoftonline.com/${tenant}/v2.0`;
export const cluster = 'oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
export const connection = `/eid1/c/pub/t/Tj0sG2BfGEeCk6S1xtfo-Q/a/rISbSSETf0KqFyZ8ppdXmA/sc/${organization}/${tenant}`;
export const immutable = 'repo:octo@65001/app@724113:ref:refs/heads/main';
export const named = 'repo:octo/app:ref:refs/heads/main';
export const flow = 'octo/flows/.github/workflows/deploy.yml@refs/heads/main';

export const provider = (issuer: string, partition = 'aws') =>
  `arn:${partition}:iam::${account}:oidc-provider/${issuer}`;

export const statement = (issuer: string, condition?: object, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Federated: provider(issuer) },
  Action: 'sts:AssumeRoleWithWebIdentity',
  ...(condition ? { Condition: condition } : {}),
  ...more,
});

export const policy = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements });

/** Conditions under the keys of an issuer: `keys(hub, {sub: '…'})`. */
export const keys = (issuer: string, claims: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(claims).map(([claim, value]) => [`${issuer}:${claim}`, value]));

/** A policy for one issuer: its audience, what else must be equal, and what must fit a pattern. */
export const of = (
  issuer: string,
  aud: string,
  equal: Readonly<Record<string, unknown>>,
  like?: Readonly<Record<string, unknown>>,
) =>
  policy(
    statement(issuer, {
      StringEquals: keys(issuer, { aud, ...equal }),
      ...(like ? { StringLike: keys(issuer, like) } : {}),
    }),
  );

export const ofHub = (equal: Readonly<Record<string, unknown>>, like?: Readonly<Record<string, unknown>>) =>
  of(hub, 'sts.amazonaws.com', equal, like);

/** A policy of GitHub's with conditions as they are. */
export const hubPolicy = (condition?: object) => policy(statement(hub, condition));
export const aud = keys(hub, { aud: 'sts.amazonaws.com' });
export const sub = (subject: unknown) => keys(hub, { sub: subject });

export const guides = {
  gitHubAws: 'https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws',
  gitHubOidc: 'https://docs.github.com/en/actions/reference/security/oidc',
  awsGitHub: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html',
  awsShared: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html',
  awsKeys:
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif',
  awsLanguage: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html',
  awsSets:
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html',
  awsPrincipal: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html',
  awsExternalId: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user_externalid.html',
  awsDates: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws-dates.html',
  awsVersion: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html',
  cognitoSignUp:
    'https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-admin-create-user-policy.html',
  firebase: 'https://firebase.google.com/docs/auth/web/anonymous-auth',
  entraFlexible:
    'https://learn.microsoft.com/en-us/entra/workload-id/workload-identities-flexible-federated-identity-credentials',
  entraFederation: 'https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-create-trust',
  entraManaged:
    'https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity',
  graphCredential: 'https://learn.microsoft.com/en-us/graph/api/resources/federatedidentitycredential',
  devOpsConvert: 'https://learn.microsoft.com/en-us/azure/devops/pipelines/release/convert-service-connections',
  devOpsAws: 'aws/aws-toolkit-azure-devops#614',
  terraformAws:
    'https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/aws-configuration',
  buildkiteAws: 'https://buildkite.com/docs/pipelines/security/oidc/aws',
  gitLabAws: 'https://docs.gitlab.com/ci/cloud_services/aws/',
  circleAws: 'https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/',
  bitbucketAws:
    'https://support.atlassian.com/bitbucket-cloud/docs/deploy-on-aws-using-bitbucket-pipelines-openid-connect/',
  eksIrsa: 'https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html',
  cognito: 'https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html',
} as const;
