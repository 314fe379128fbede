/** A program of a user's that uses `@azure/identity`. */
import { AzurePipelinesCredential, type TokenCredential, WorkloadIdentityCredential } from '@azure/identity';
import { ids } from '../harness/setup.ts';

const { CREDENTIAL, CONNECTION = '', SYSTEM_ACCESSTOKEN = '', TOKEN_FILE = '', AUTHORITY = '' } = process.env;
const options = { authorityHost: AUTHORITY, disableInstanceDiscovery: true };

const credential: TokenCredential =
  CREDENTIAL === 'azure-pipelines'
    ? new AzurePipelinesCredential(ids.tenant, ids.app, CONNECTION, SYSTEM_ACCESSTOKEN, options)
    : new WorkloadIdentityCredential({
        ...options,
        tenantId: ids.tenant,
        clientId: ids.app,
        tokenFilePath: TOKEN_FILE,
      });

console.log(JSON.stringify(await credential.getToken('https://management.azure.com/.default')));
