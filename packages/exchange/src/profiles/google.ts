import type { Delivery, Profile } from '../profile.ts';
import { tokenExchangeRequest } from '../token-exchange-request.ts';

const provider = '//iam.{universe}/{workloadIdentityProvider}';
const principal = 'principal://iam.{universe}/{workloadIdentityPool}/subject/{subject}';
const impersonation = '{iamCredentialsEndpoint}/v1/projects/-/serviceAccounts/{serviceAccount}:generateAccessToken';
const jwt = 'urn:ietf:params:oauth:token-type:jwt';
const cloudPlatform = 'https://www.googleapis.com/auth/cloud-platform';

/**
 * What Google's clients look for: the credential file of AIP-4117, and variables.
 * Source: google-github-actions/auth, `src/client/workload_identity_federation.ts`, `src/main.ts`.
 */
const clients: Delivery = {
  file: {
    if: 'createCredentialsFile',
    json: {
      type: 'external_account',
      universe_domain: '{universe}',
      audience: provider,
      subject_token_type: jwt,
      token_url: '{tokenUrl}',
      service_account_impersonation_url: impersonation,
      service_account_impersonation: { token_lifetime_seconds: '{accessTokenLifetime}' },
      credential_source: '{idTokenSource}',
    },
  },
  variables: {
    if: 'exportEnvironmentVariables',
    set: {
      GOOGLE_APPLICATION_CREDENTIALS: '{credentialsFile}',
      CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE: '{credentialsFile}',
      GOOGLE_GHA_CREDS_PATH: '{credentialsFile}',
      CLOUDSDK_CORE_PROJECT: '{projectId}',
      CLOUDSDK_PROJECT: '{projectId}',
      GCLOUD_PROJECT: '{projectId}',
      GCP_PROJECT: '{projectId}',
      GOOGLE_CLOUD_PROJECT: '{projectId}',
    },
  },
};

/**
 * Workload Identity Federation, and with a service account its impersonation.
 * Sources: STS REST reference, `v1.token`, which speaks RFC 8693; IAM Credentials REST reference, `generateAccessToken`.
 */
export const google: Profile = {
  name: 'google',
  title: 'Google Cloud',
  usual: {
    universe: 'googleapis.com',
    projectId: '{serviceAccountProject}',
    accessTokenScopes: [cloudPlatform],
    tokenUrl: 'https://sts.{universe}/v1/token',
    targetAudience: provider,
    subjectTokenType: jwt,
    requestedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
    scope: cloudPlatform,
    iamCredentialsEndpoint: 'https://iamcredentials.{universe}',
  },
  audience: `https:${provider}`,
  who: ['the service account {serviceAccount}', 'a workload of {workloadIdentityProvider}'],
  exchange: [
    {
      ...tokenExchangeRequest,
      to: "Google's STS",
      denied: {
        hint: 'The provider that {workloadIdentityProvider} names needs this, and a condition that is true of it:',
        document: { oidc: { issuerUri: '{issuer}', allowedAudiences: ['{audience}'] }, 'assertion.sub': '{subject}' },
      },
    },
    {
      to: 'IAM Credentials',
      needs: 'serviceAccount',
      url: impersonation,
      headers: { authorization: 'Bearer {token}' },
      json: { scope: '{accessTokenScopes}', lifetime: '{accessTokenLifetime}s' },
      gives: { token: 'accessToken', until: 'expireTime' },
      denied: {
        hint: 'Add this binding to {serviceAccount}, where google.subject is mapped from assertion.sub:',
        document: { role: 'roles/iam.workloadIdentityUser', members: [principal] },
      },
    },
  ],
  delivers: clients,
};
