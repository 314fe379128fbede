import { runBroker } from '@fedbridge/broker/run';
import { systemWithoutPrograms } from '@fedbridge/core';
import { tokenEndpoint } from '@fedbridge/exchange/keep-fresh/token-endpoint';
import { gitHubActions } from '@fedbridge/github/id-token';

const parts = { platforms: [gitHubActions], endpoints: [tokenEndpoint] };
await runBroker(systemWithoutPrograms(process.env), parts, process.argv.slice(2));
