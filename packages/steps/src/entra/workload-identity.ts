import type { EntraIdentity } from './entra-identity.ts';

/** What `WorkloadIdentityCredential` of every Azure SDK reads; the webhook of AKS sets the same in a pod. */
export function workloadIdentityOf(
  { cloud, from, clientId, tenantId }: EntraIdentity,
  tokenFile: string | undefined,
): Readonly<Record<string, string | undefined>> {
  return {
    AZURE_CLIENT_ID: clientId,
    AZURE_TENANT_ID: tenantId,
    AZURE_AUTHORITY_HOST: 'machine' in from ? cloud.authority : from.authority.href,
    AZURE_FEDERATED_TOKEN_FILE: tokenFile,
  };
}

/** What leads `WorkloadIdentityCredential` to a cluster's proxy. Source: azure-identity, `aks_token_proxy`. */
export const clusterProxy = [
  'AZURE_KUBERNETES_TOKEN_PROXY',
  'AZURE_KUBERNETES_SNI_NAME',
  'AZURE_KUBERNETES_CA_FILE',
  'AZURE_KUBERNETES_CA_DATA',
];
