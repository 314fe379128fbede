import { canAsk, type Delivered, type DeliveryFacts, type KeptEntra } from './delivery-facts.ts';
import { environmentCredential, otherMachines } from './shadowing-variables.ts';
import { clusterProxy, workloadIdentityOf } from './workload-identity.ts';

const workloadIdentity = ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_AUTHORITY_HOST', 'AZURE_FEDERATED_TOKEN_FILE'];

/** What AzureCLI@2 gives its script of a connection; `AzurePipelinesCredential` is built from it. */
const connectionVariables = [
  'AZURESUBSCRIPTION_SERVICE_CONNECTION_ID',
  'AZURESUBSCRIPTION_CLIENT_ID',
  'AZURESUBSCRIPTION_TENANT_ID',
];

/** Source: Azure SDK, `DefaultAzureCredential`, `WorkloadIdentityCredential` and `AzurePipelinesCredential`. */
export function azureSdk(facts: DeliveryFacts): Delivered {
  const { exports, identity, tokenFile, kept, request } = facts;
  const { clientId, tenantId, subscriptionId } = identity;
  // azapi reads it too, and would pass by what Terraform is given in its place.
  const isForTerraform = exports.has('terraform') && (kept !== undefined || !canAsk(request));
  const connectionId = request?.by === 'service connection' && !isForTerraform ? request.connectionId : undefined;
  return {
    variables: {
      ...workloadIdentityOf(identity, tokenFile),
      AZURE_SUBSCRIPTION_ID: subscriptionId,
      AZURE_TOKEN_CREDENTIALS: credentialName(facts, tokenFile ? 'WorkloadIdentityCredential' : undefined),
      AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: connectionId,
      AZURESUBSCRIPTION_CLIENT_ID: connectionId && clientId,
      AZURESUBSCRIPTION_TENANT_ID: connectionId && tenantId,
    },
    shadows: [...workloadIdentity, ...environmentCredential, ...clusterProxy, ...connectionVariables],
  };
}

/** A broker's managed identity, which the same SDKs find without `export: azure-sdk` too. */
export function managedIdentityClients(facts: DeliveryFacts, kept: KeptEntra): Delivered {
  if (facts.exports.has('azure-sdk')) return { variables: kept.variables, shadows: otherMachines };
  const { environment, identity } = facts;
  const isInPod = environment.AZURE_FEDERATED_TOKEN_FILE && kept.tokenFile;
  return {
    variables: {
      ...kept.variables,
      // azure-identity for Java takes an empty file's name for that of a file: in a pod it gets this identity's.
      ...(isInPod ? workloadIdentityOf(identity, kept.tokenFile) : {}),
      // The broker has one identity: somebody else's client id would be asked for in vain.
      ...(environment.AZURE_CLIENT_ID ? { AZURE_CLIENT_ID: identity.clientId } : {}),
      AZURE_TOKEN_CREDENTIALS: credentialName(facts, undefined),
    },
    shadows: [
      ...otherMachines,
      'AZURE_CLIENT_ID',
      'AZURE_FEDERATED_TOKEN_FILE',
      ...(isInPod ? clusterProxy : []),
      ...environmentCredential,
    ],
  };
}

/**
 * Names the one credential that `DefaultAzureCredential` shall take, where the job has something that would come before it
 * or rule it out. azure-identity for Python takes an empty AZURE_CLIENT_SECRET for a secret: emptying alone is not enough.
 */
function credentialName({ environment }: DeliveryFacts, name: string | undefined): string | undefined {
  const isShadowed = ['AZURE_TOKEN_CREDENTIALS', ...environmentCredential].some((variable) => environment[variable]);
  return isShadowed ? (name ?? 'ManagedIdentityCredential') : undefined;
}
