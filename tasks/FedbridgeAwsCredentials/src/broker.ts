import { containerEndpoint } from '@fedbridge/aws/keep-fresh/container-endpoint';
import { azurePipelines } from '@fedbridge/azure-pipelines/id-token';
import { runBroker } from '@fedbridge/broker/run';
import { realSystem } from '@fedbridge/core';

const parts = { platforms: [azurePipelines], endpoints: [containerEndpoint] };
await runBroker(realSystem(process.env), parts, process.argv.slice(2));
