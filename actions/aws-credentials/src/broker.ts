import { containerEndpoint } from '@fedbridge/aws/keep-fresh/container-endpoint';
import { runBroker } from '@fedbridge/broker/run';
import { systemWithoutPrograms } from '@fedbridge/core';
import { gitHubActions } from '@fedbridge/github/id-token';

const parts = { platforms: [gitHubActions], endpoints: [containerEndpoint] };
await runBroker(systemWithoutPrograms(process.env), parts, process.argv.slice(2));
