import { azurePipelines } from '@fedbridge/azure-pipelines/id-token';
import { runBroker } from '@fedbridge/broker/run';
import { realSystem } from '@fedbridge/core';
import { tokenEndpoint } from '@fedbridge/exchange/keep-fresh/token-endpoint';

const parts = { platforms: [azurePipelines], endpoints: [tokenEndpoint] };
await runBroker(realSystem(process.env), parts, process.argv.slice(2));
