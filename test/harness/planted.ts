import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Variables } from './process.ts';
import { ids, pod } from './setup.ts';
import { unsignedToken } from './tokens.ts';
import type { Platform, StepName, WayName } from './ways.ts';

/** A variable that names where something is asked for, which an earlier step of the job sets. */
export interface PlantedVariable {
  readonly name: string;
  /** What it holds for an address of a stranger's. */
  readonly value: (origin: string) => string;
  /** The ways in that have use for it; with any other it changes nothing. */
  readonly ways: readonly WayName[];
  /** Variables that go with it, where it is read together with them or in their place. */
  readonly beside?: Variables;
  /** Whether the machine's own cloud is at such an address, so that it is asked for on loopback. */
  readonly isOfMachine?: true;
}

const at = (path: string) => (origin: string) => `${origin}${path}`;
const azurePipelines = ['azure-pipelines'] as const;

/** All that the bundles read, and what others read that stand in the same process. */
export const plantedVariables: readonly PlantedVariable[] = [
  { name: 'ACTIONS_ID_TOKEN_REQUEST_URL', value: at('/token?api-version=2.0'), ways: ['github'] },
  { name: 'GITHUB_SERVER_URL', value: at(''), ways: ['github'] },
  { name: 'SYSTEM_OIDCREQUESTURI', value: at('/oidctoken'), ways: azurePipelines },
  { name: 'SYSTEM_COLLECTIONURI', value: at('/contoso/'), ways: azurePipelines, beside: { SYSTEM_OIDCREQUESTURI: '' } },
  {
    name: 'SYSTEM_TEAMFOUNDATIONCOLLECTIONURI',
    value: at('/contoso/'),
    ways: azurePipelines,
    beside: { SYSTEM_OIDCREQUESTURI: '', SYSTEM_COLLECTIONURI: '' },
  },
  { name: 'AZURE_AUTHORITY_HOST', value: at('/'), ways: ['kubernetes'] },
  { name: 'IDENTITY_ENDPOINT', value: at('/msi/token'), ways: ['managed identity, azure-arc'], isOfMachine: true },
  { name: 'AZURE_POD_IDENTITY_AUTHORITY_HOST', value: at(''), ways: ['managed identity, imds'], isOfMachine: true },
  { name: 'MSI_ENDPOINT', value: at('/oauth2/token'), ways: ['managed identity, cloud-shell'], isOfMachine: true },
  { name: 'IMDS_ENDPOINT', value: at(''), ways: ['managed identity, imds'] },
  {
    name: 'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    value: at('/credentials'),
    ways: ['AWS credentials of the container'],
    isOfMachine: true,
  },
  {
    name: 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    // Not a path: it would lead elsewhere.
    value: (origin) => origin.replace(/^https?:/, ''),
    ways: ['AWS credentials of the container'],
  },
  {
    name: 'AWS_EC2_METADATA_SERVICE_ENDPOINT',
    value: at(''),
    ways: ['AWS credentials of the instance'],
    isOfMachine: true,
  },
  // What AWS's own SDKs read.
  { name: 'AWS_ENDPOINT_URL', value: at(''), ways: ['github', 'azure-pipelines', 'kubernetes'] },
  { name: 'AWS_ENDPOINT_URL_STS', value: at(''), ways: ['github', 'azure-pipelines', 'kubernetes'] },
  // Delivered by the steps, for others to read.
  { name: 'ARM_OIDC_REQUEST_URL', value: at('/token'), ways: ['github', 'azure-pipelines'] },
  { name: 'AZP_URL', value: at(''), ways: ['github', 'azure-pipelines'] },
];

/** What of a job is real: tokens as platforms and clusters give them, which nobody but these may have. */
export interface RealJob {
  readonly environment: Variables;
  readonly secrets: readonly string[];
}

/** @param step - whom the pod's token is for */
export function realJob(platform: Platform, step: StepName): RealJob {
  const jwt = (claims: object) => `eyJhbGciOiJSUzI1NiJ9.${unsignedToken(claims).split('.')[1]}.c2lnbmF0dXJl`;
  const [own, expires] = [randomBytes(24).toString('hex'), Math.floor(Date.now() / 1000) + 3_600];
  const job = jwt({ own, iss: platform });
  const pods = jwt({
    own,
    iss: 'https://northeurope.oic.prod-aks.azure.com/7c8d9e0f/',
    sub: `system:serviceaccount:${pod.namespace}:${pod.serviceAccount}`,
    aud: [step === 'aws-credentials' ? 'sts.amazonaws.com' : 'api://AzureADTokenExchange'],
    exp: expires,
  });
  const tokenFile = join(mkdtempSync(join(tmpdir(), 'real-pod-')), 'token');
  writeFileSync(tokenFile, pods, { mode: 0o600 });
  const scheme = { scheme: 'OAuth', parameters: { AccessToken: job } };
  return {
    environment: {
      ...(platform === 'github'
        ? { ACTIONS_ID_TOKEN_REQUEST_TOKEN: job }
        : {
            ENDPOINT_AUTH_SystemVssConnection: JSON.stringify(scheme),
            ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN: job,
          }),
      ...(step === 'aws-credentials'
        ? { AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile }
        : { AZURE_FEDERATED_TOKEN_FILE: tokenFile, AZURE_CLIENT_ID: ids.app, AZURE_TENANT_ID: ids.tenant }),
    },
    secrets: [job, pods, 'what a stranger would like to be shown'],
  };
}
