import type { Organization } from '../azure-devops/organization.ts';
import type { FederatedCredential } from '../entra/federated-credential.ts';
import type { GoogleCloud } from '../google/google-cloud.ts';
import type { AuthorizationServer } from '../oauth/authorization-server.ts';
import type { OctoSts } from '../octo-sts/octo-sts-service.ts';
import type { OidcProvider } from '../sts/aws-account.ts';
import type { Vault } from '../vault/vault.ts';
import { flag, list, object, oneOf, orFile, record, type Shape, text, whole } from './shape.ts';

/** Likenesses that more than one part needs. */
const guid = (description: string) =>
  text(description, { pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$', title: 'a GUID' });
/** An absolute URL, by HTTP or HTTPS. */
export const url = (description: string) =>
  text(description, { pattern: '^https?://[^/\\s]+', title: 'a URL that begins with https://' });

const provider: Shape<OidcProvider> = object(
  'An IAM OIDC provider.',
  {
    url: url("The issuer's URL, exactly as tokens have it: https://token.actions.githubusercontent.com"),
    clientIds: list('The audiences that it accepts.', text('An audience.')),
  },
  {},
);

const role = object(
  'An IAM role.',
  {
    name: text('Its name, with its path: ci/deploy'),
    trustPolicy: orFile(
      'The trust policy as IAM takes it, or the path of a file with it, which may be what `aws iam get-role` or `fedbridge trust aws` prints. One that IAM would reject is rejected here.',
      { schema: { type: 'object' } } as Shape<object>,
    ),
  },
  {
    predatesIdentityProviderControls: flag('Whether it is from before IAM asked for the claims of shared issuers.'),
    maxSessionDurationSeconds: whole('The longest that its sessions live; 3600 by default.', 3600, 43_200),
    sessionSeconds: whole('What sessions live in the place of what is asked for.'),
  },
);

/** Accounts of AWS. */
export const accounts = list(
  'Accounts of AWS.',
  object(
    'An account of AWS with its IAM.',
    {
      id: text('Its account ID.', { pattern: '^[0-9]{12}$', title: 'an AWS account ID, twelve digits' }),
      oidcProviders: list('Its IAM OIDC providers.', provider),
      roles: list('Its roles.', role),
    },
    { partition: oneOf('aws by default.', 'aws', 'aws-cn', 'aws-us-gov') },
  ),
);

const credential: Shape<FederatedCredential> = object(
  'A federated credential.',
  {
    name: text('3 to 120 letters, digits, - and _.'),
    issuer: url("The issuer's URL, exactly as tokens have it."),
    audiences: list('Exactly one.', text('api://AzureADTokenExchange')),
  },
  {
    subject: text('The subject, exactly. None beside an expression.'),
    claimsMatchingExpression: object(
      'Of a flexible credential.',
      { value: text("claims['sub'] matches 'repo:octo/app:*' and …"), languageVersion: whole('1', 1, 1) },
      {},
    ),
  },
);

const application = object(
  'An application or managed identity.',
  {
    clientId: guid('Its client ID.'),
    federatedCredentials: orFile(
      'Its federated credentials, or the path of a file with them, which may be what `az ad app federated-credential list` or `fedbridge trust entra` prints.',
      list('', credential),
    ),
  },
  {
    displayName: text('Its name, which several may have; the client ID by default.'),
    resourceId: text('Of a user-assigned managed identity: /subscriptions/…/userAssignedIdentities/<name>'),
  },
);

/** Tenants of Entra. */
export const tenants = list(
  'Tenants of Microsoft Entra.',
  object(
    'A tenant.',
    { id: guid('Its ID.'), applications: list('Its applications and managed identities.', application) },
    {
      domains: list('Domains that name the tenant too.', text('contoso.onmicrosoft.com')),
      accessTokenSeconds: whole('What access tokens live; 3599 by default.'),
      subscriptions: list(
        'What its applications see in Azure Resource Manager.',
        object(
          'A subscription.',
          { id: guid('Its ID.'), name: text('Its name.') },
          { resourceGroups: list('Its resource groups.', text('The name of one.')) },
        ),
      ),
      administrators: list('Who may register applications and assign roles.', guid('A client ID.')),
    },
  ),
);

const connection = object(
  'An Azure Resource Manager service connection with workload identity federation.',
  {
    name: text('Its name.'),
    id: guid('Its ID.'),
    issuer: oneOf("Who signs its ID tokens: Azure DevOps, or the tenant's Entra.", 'azure-devops', 'entra'),
    tenantId: guid('Of the application.'),
    clientId: guid('Of the application.'),
  },
  { subscriptionId: guid('Of the subscription.'), environment: text('AzureCloud by default.') },
);

const clientIds = (description: string) => list(description, guid('A client ID.'));

/** Organizations of Azure DevOps. */
export const organizations: Shape<readonly Organization[]> = list(
  'Organizations of Azure DevOps.',
  object(
    'An organization.',
    {
      name: text('Its name.'),
      id: guid('Its ID, which is in its issuer.'),
      projects: list(
        'Its projects.',
        object(
          'A project.',
          {
            name: text('Its name.'),
            id: guid('Its ID.'),
            pipelines: record('Pipelines by name, with their definition IDs.', text('A definition ID, in quotes.')),
          },
          { connections: list('Its service connections.', connection) },
        ),
      ),
    },
    {
      administrators: clientIds('Who may do everything.'),
      pools: list(
        'Pools of self-hosted agents.',
        object('A pool.', { name: text('Its name.') }, { administrators: clientIds('Who may register agents.') }),
      ),
    },
  ),
);

/** What there is of Google Cloud. */
export const google: Shape<GoogleCloud> = object(
  'Workload identity pools of Google Cloud, and service accounts.',
  {
    providers: list(
      'Providers of workload identity pools.',
      object(
        'A provider.',
        {
          name: text('projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>'),
          attributeMapping: record('CEL expressions by google.subject and attribute.<name>.', text('assertion.sub')),
          oidc: object(
            'Its issuer.',
            { issuerUri: url("The issuer's URL.") },
            { allowedAudiences: list('Audiences.', text('An audience.')) },
          ),
        },
        { disabled: flag('Whether it is.'), attributeCondition: text('A CEL expression.') },
      ),
    ),
    serviceAccounts: list(
      'Service accounts.',
      object(
        'A service account.',
        {
          email: text('Its address.'),
          bindings: list(
            'Bindings of its IAM policy.',
            object(
              'A binding.',
              { role: text('roles/iam.workloadIdentityUser'), members: list('Members.', text('principal://…')) },
              {},
            ),
          ),
        },
        {},
      ),
    ),
  },
  {},
);

const texts = (description: string) => list(description, text('One.'));
const boundClaims: Shape<Readonly<Record<string, string | readonly string[]>>> = {
  schema: {
    type: 'object',
    description: 'Claims that a token must have.',
    additionalProperties: { type: ['string', 'number', 'boolean', 'array'] },
  },
};

/** What there is in a Vault. */
export const vault: Shape<Vault> = object(
  'A Vault, or an OpenBao.',
  {
    jwtMethods: list(
      'Mounted JWT auth methods.',
      object(
        'A method.',
        {
          path: text('Where it is mounted: jwt'),
          oidcDiscoveryUrl: url("The issuer's URL."),
          roles: record(
            'Roles by name.',
            object(
              'A role.',
              { userClaim: text('sub'), tokenPolicies: texts('Policies of its tokens.') },
              {
                boundAudiences: texts('Audiences.'),
                boundSubject: text('The subject.'),
                boundClaims,
                tokenNoDefaultPolicy: flag('Whether the policy default is not given beside them.'),
                tokenTtl: whole('Seconds.'),
                tokenMaxTtl: whole('Seconds.'),
                tokenType: oneOf('service by default.', 'service', 'batch'),
              },
            ),
          ),
        },
        { boundIssuer: url('The issuer that tokens must have.') },
      ),
    ),
    policies: record('Policies by name.', record('Capabilities by path.', texts('Capabilities.'))),
  },
  {
    namespace: text('Where requests must say that they are.'),
    kv1: record('Secrets of a KV engine of version 1, by path.', { schema: { type: 'object' } } as Shape<object>),
    kv2: record('Secrets of a KV engine of version 2, by path.', { schema: { type: 'object' } } as Shape<object>),
  },
);

/** An instance of octo-sts. */
export const octoSts: Shape<OctoSts> = object(
  'octo-sts, and the repositories that its GitHub App is installed in.',
  {
    policies: list(
      'Trust policies.',
      object(
        'A trust policy and where it stands.',
        {
          scope: text('octo/app, or the owner alone.'),
          identity: text('The file: .github/chainguard/<identity>.sts.yaml'),
          policy: object(
            'The policy.',
            { permissions: record('Permissions by name.', text('read')) },
            {
              issuer: url('The issuer.'),
              issuer_pattern: text('A regular expression.'),
              subject: text('The subject.'),
              subject_pattern: text('A regular expression.'),
              audience: text('The audience.'),
              audience_pattern: text('A regular expression.'),
              claim_pattern: record('Regular expressions by claim.', text('A regular expression.')),
            },
          ),
        },
        {},
      ),
    ),
  },
  {},
);

/** An authorization server of RFC 8693. */
export const oauth: Shape<AuthorizationServer> = object(
  'An authorization server that exchanges tokens [RFC 8693].',
  {
    trusts: list(
      'Whom it trusts.',
      object(
        'An issuer and a subject, each exactly.',
        { issuer: url('The issuer.'), subject: text('The subject.') },
        { audience: text('The audience; by default the token endpoint.') },
      ),
    ),
  },
  {
    targets: texts('Services that it gives tokens for.'),
    scopes: texts('Scopes.'),
    lifetime: whole('Seconds.', 1),
  },
);
