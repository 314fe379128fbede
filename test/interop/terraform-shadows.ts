import type { Variables } from '../harness/process.ts';
import { ids } from '../harness/setup.ts';

const [secret, certificate] = ['of somebody else', Buffer.from('of somebody else').toString('base64')];
const host = 'metadata.elsewhere.example';

/** Variables that a tool of Terraform's reads beside what the step exports, each as somebody else has it. */
export const elsewhere: Variables = {
  ARM_CLIENT_ID: ids.stranger,
  ARM_CLIENT_ID_FILE_PATH: '/etc/somebody-else/client-id',
  ARM_TENANT_ID: '00000000-0000-4000-8000-000000000000',
  ARM_CLIENT_SECRET: secret,
  ARM_CLIENT_SECRET_FILE_PATH: '/etc/somebody-else/secret',
  ARM_CLIENT_CERTIFICATE: certificate,
  ARM_CLIENT_CERTIFICATE_PATH: '/etc/somebody-else/client.pfx',
  ARM_CLIENT_CERTIFICATE_PASSWORD: secret,
  ARM_OIDC_TOKEN: secret,
  ARM_OIDC_TOKEN_FILE_PATH: '/etc/somebody-else/token',
  ARM_OIDC_REQUEST_URL: 'https://token.elsewhere.example/',
  ARM_OIDC_REQUEST_TOKEN: secret,
  ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: ids.oldConnection,
  ARM_OIDC_AZURE_SERVICE_CONNECTION_ID: ids.oldConnection,
  AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: ids.oldConnection,
  ARM_USE_OIDC: 'false',
  ARM_USE_MSI: 'true',
  ARM_USE_CLI: 'true',
  ARM_USE_AKS_WORKLOAD_IDENTITY: 'true',
  ARM_MSI_ENDPOINT: 'http://127.0.0.1:9/somebody/else',
  ARM_MSI_API_VERSION: '2019-08-01',
  ARM_ENVIRONMENT: 'usgovernment',
  ARM_METADATA_HOSTNAME: host,
  ARM_METADATA_HOST: host,
  ARM_METADATA_URL: `https://${host}`,
  ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST: 'https://login.elsewhere.example',
  ARM_RESOURCE_MANAGER_ENDPOINT: 'https://management.elsewhere.example',
  ARM_RESOURCE_MANAGER_AUDIENCE: 'https://management.elsewhere.example',
  ARM_ACCESS_KEY: certificate,
  ARM_SAS_TOKEN: 'sv=of-somebody-else',
  AZURE_CLIENT_ID: ids.stranger,
  AZURE_TENANT_ID: '00000000-0000-4000-8000-000000000000',
  AZURE_FEDERATED_TOKEN_FILE: '/var/run/secrets/azure/tokens/azure-identity-token',
};

/** A pod with an identity of its own. */
export const pod: Variables = Object.fromEntries(
  Object.entries(elsewhere).filter(([name]) => name.startsWith('AZURE_')),
);

/** What an earlier step or the machine's owner left, all of it; but for another cloud, which is tried with the cloud's own hosts. */
export const leftOver: Variables = Object.fromEntries(
  Object.entries(elsewhere).filter(
    ([name]) => name.startsWith('ARM_') && !/METADATA|_HOST$|RESOURCE_MANAGER/.test(name),
  ),
);

/**
 * Machines: one that is clean, seven of which each has some of the variables, and one that has all. Each two variables are there
 * together on one of them, each without the other on another, and neither on the first, since any two choices of four out of seven
 * share one and differ.
 * Source: D. J. Kleitman and J. Spencer, "Families of k-independent sets", 1973.
 */
export const machines: readonly (readonly string[])[] = [[], ...sevenMachines(), Object.keys(elsewhere)];

function sevenMachines(): readonly (readonly string[])[] {
  const choices = Array.from({ length: 2 ** 7 }, (_, bits) => bits).filter(
    (bits) => bits.toString(2).replaceAll('0', '').length === 4,
  );
  const names = Object.keys(elsewhere);
  if (names.length > choices.length)
    throw new Error('more variables than seven machines can tell apart: take five of nine');
  return Array.from({ length: 7 }, (_, machine) =>
    names.filter((_name, index) => ((choices[index] ?? 0) >> machine) % 2 === 1),
  );
}
