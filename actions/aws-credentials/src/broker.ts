import { containerEndpoint } from '@fedbridge/aws/keep-fresh/container-endpoint';
import { runBroker } from '@fedbridge/broker/run';
import { realSystem } from '@fedbridge/core';
import { gitHubActions } from '@fedbridge/github/id-token';

const parts = { platforms: [gitHubActions], endpoints: [containerEndpoint] };
await runBroker(realSystem(process.env), parts, process.argv.slice(2));
