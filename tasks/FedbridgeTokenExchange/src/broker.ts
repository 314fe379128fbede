import { azurePipelines } from '@fedbridge/azure-pipelines/id-token';
import { runBroker } from '@fedbridge/broker/run';
import { systemWithoutPrograms } from '@fedbridge/core';
import { tokenEndpoint } from '@fedbridge/exchange/keep-fresh/token-endpoint';

const parts = { platforms: [azurePipelines], endpoints: [tokenEndpoint] };
await runBroker(systemWithoutPrograms(process.env), parts, process.argv.slice(2));
