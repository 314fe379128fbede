/** A program of a user's that uses `@azure/identity`. */
import {
  AzurePipelinesCredential,
  DefaultAzureCredential,
  ManagedIdentityCredential,
  type TokenCredential,
  WorkloadIdentityCredential,
} from '@azure/identity';
import { ids } from '../harness/setup.ts';

const { CREDENTIAL, SYSTEM_ACCESSTOKEN = '', TOKEN_FILE, AUTHORITY = '' } = process.env;
// As AzureCLI@2 and `export: azure-sdk` tell a script of its service connection.
const { AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: CONNECTION = process.env.CONNECTION ?? '' } = process.env;
const options = { authorityHost: AUTHORITY, disableInstanceDiscovery: true };

console.log(JSON.stringify(await credential().getToken('https://management.azure.com/.default')));

function credential(): TokenCredential {
  switch (CREDENTIAL) {
    case 'azure-pipelines':
      return new AzurePipelinesCredential(ids.tenant, ids.app, CONNECTION, SYSTEM_ACCESSTOKEN, options);
    case 'workload-identity':
      if (TOKEN_FILE === undefined) return new WorkloadIdentityCredential({ disableInstanceDiscovery: true });
      return new WorkloadIdentityCredential({
        ...options,
        tenantId: ids.tenant,
        clientId: ids.app,
        tokenFilePath: TOKEN_FILE,
      });
    case 'managed-identity':
      return new ManagedIdentityCredential();
    default:
      // All but the discovery of instances, which a loopback authority has not, comes from the environment.
      return new DefaultAzureCredential({ disableInstanceDiscovery: true } as object);
  }
}
