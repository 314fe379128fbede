import { invalid, parseEndpoint } from '@fedbridge/core';
import type { InputDefinition } from '@fedbridge/step';

/** Source of the names: google-github-actions/auth, `action.yml`. */
export const googleInputs = {
  workloadIdentityProvider: {
    type: 'text',
    label: 'Workload identity provider',
    decides: true,
    parse: parseProvider,
    description:
      'google: the full name of the provider, projects/123456789/locations/global/workloadIdentityPools/my-pool/providers/my-provider, ' +
      "with the project's number.",
  },
  serviceAccount: {
    type: 'text',
    label: 'Service account',
    decides: true,
    parse: parseServiceAccount,
    description:
      'google: the email address of the service account to be, for example deploy@my-project.iam.gserviceaccount.com. Without it the ' +
      'token is of the workload itself, for what it was granted directly.',
  },
  accessTokenLifetime: {
    type: 'text',
    label: 'Lifetime of the access token',
    decides: true,
    parse: parseLifetime,
    description:
      "google: for how long the service account's token is valid, in seconds, 3600s by default and at most 43200s.",
  },
  accessTokenScopes: {
    type: 'text',
    label: 'Scopes of the access token',
    decides: true,
    multiline: true,
    parse: parseScopes,
    description:
      "google: scopes of the service account's token, with commas, blanks or line ends between them; by default " +
      'https://www.googleapis.com/auth/cloud-platform.',
  },
  projectId: {
    type: 'text',
    label: 'Project id',
    decides: true,
    parse: parseProjectId,
    description:
      'google: the project for later steps, by default that of the service account. Not needed for the token.',
  },
  universe: {
    type: 'text',
    label: 'Universe',
    decides: true,
    parse: parseUniverse,
    description: 'google: the domain of the cloud, by default googleapis.com.',
  },
  iamCredentialsEndpoint: {
    type: 'text',
    label: 'IAM Credentials',
    decides: true,
    parse: (text: string) => parseEndpoint(text, 'the address of IAM Credentials'),
    description:
      'google: another address for IAM Credentials, such as that of an endpoint of Private Service Connect; {tokenUrl} is that of STS.',
  },
  createCredentialsFile: {
    type: 'boolean',
    label: 'Credential file',
    default: true,
    description:
      "google: write a credential file (0600) in the job's temp folder, which Google's clients and gcloud read. With {keepFresh} it leads " +
      'them to fresh ID tokens for as long as the job runs; without, it is good for as long as one ID token lives.',
  },
  exportEnvironmentVariables: {
    type: 'boolean',
    label: 'Environment variables',
    default: true,
    description:
      'google: set GOOGLE_APPLICATION_CREDENTIALS and what else leads later steps to the credential file and the project.',
  },
} as const satisfies Readonly<Record<string, InputDefinition>>;

/** A provider, and the pool that it is of. */
function parseProvider(text: string): {
  readonly workloadIdentityProvider: string;
  readonly workloadIdentityPool: string;
} {
  const [, pool] =
    /^(projects\/\d+\/locations\/global\/workloadIdentityPools\/[a-z\d-]+)\/providers\/[a-z\d-]+$/.exec(text) ?? [];
  if (pool !== undefined) return { workloadIdentityProvider: text, workloadIdentityPool: pool };
  throw invalid(
    'expected projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>: a provider, not a pool, and the number of the project, not its id.',
  );
}

/** A service account, and the project that it is of where its address says. */
function parseServiceAccount(text: string): Readonly<Record<string, string>> {
  const [, domain = ''] = /^[\w.-]+@([a-z\d.:-]+)$/.exec(text) ?? [];
  if (domain === '') throw invalid('expected the email address of a service account.');
  const [, project] = /^([a-z][a-z\d-]*[a-z\d])\.iam\.gserviceaccount\.com$/.exec(domain) ?? [];
  return project === undefined ? { serviceAccount: text } : { serviceAccount: text, serviceAccountProject: project };
}

/** Seconds. Source: IAM Credentials REST reference, `generateAccessToken`: with an organization's leave up to 12 hours. */
function parseLifetime(text: string): number {
  const [, seconds = ''] = /^(\d{1,5})s?$/.exec(text) ?? [];
  if (Number(seconds) > 0 && Number(seconds) <= 43_200) return Number(seconds);
  throw invalid('expected seconds from 1s to 43200s.');
}

function parseScopes(text: string): readonly string[] {
  const scopes = text.split(/[\s,]+/).filter(Boolean);
  if (scopes.length > 0 && scopes.every((scope) => scope.startsWith('https://') && URL.canParse(scope))) return scopes;
  throw invalid('expected scopes, such as https://www.googleapis.com/auth/cloud-platform.');
}

function parseProjectId(text: string): string {
  if (/^([a-z\d.-]+:)?[a-z][a-z\d-]{4,28}[a-z\d]$/.test(text)) return text;
  throw invalid('expected the id of a project.');
}

function parseUniverse(text: string): string {
  if (/^[a-z\d-]+(\.[a-z\d-]+)+$/.test(text)) return text;
  throw invalid('expected a domain, such as googleapis.com.');
}
