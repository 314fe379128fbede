import { containerEndpoint } from '@fedbridge/aws/keep-fresh/container-endpoint';
import { azurePipelines } from '@fedbridge/azure-pipelines/id-token';
import { runBroker } from '@fedbridge/broker/run';
import { systemWithoutPrograms } from '@fedbridge/core';

const parts = { platforms: [azurePipelines], endpoints: [containerEndpoint] };
await runBroker(systemWithoutPrograms(process.env), parts, process.argv.slice(2));
