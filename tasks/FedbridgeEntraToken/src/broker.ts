import { azurePipelines } from '@fedbridge/azure-pipelines/id-token';
import { runBroker } from '@fedbridge/broker/run';
import { realSystem } from '@fedbridge/core';
import { managedIdentityEndpoint } from '@fedbridge/entra/keep-fresh/managed-identity-endpoint';

const parts = { platforms: [azurePipelines], endpoints: [managedIdentityEndpoint] };
await runBroker(realSystem(process.env), parts, process.argv.slice(2));
