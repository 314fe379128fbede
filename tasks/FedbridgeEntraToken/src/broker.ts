import { azurePipelines } from '@fedbridge/azure-pipelines/id-token';
import { runBroker } from '@fedbridge/broker/run';
import { systemWithoutPrograms } from '@fedbridge/core';
import { managedIdentityEndpoint } from '@fedbridge/entra/keep-fresh/managed-identity-endpoint';

const parts = { platforms: [azurePipelines], endpoints: [managedIdentityEndpoint] };
await runBroker(systemWithoutPrograms(process.env), parts, process.argv.slice(2));
