import { containerEndpoint } from '@fedbridge/aws/keep-fresh/container-endpoint';
import { runBroker } from '@fedbridge/broker/run';
import { realSystem } from '@fedbridge/core';
import { gitHub } from '@fedbridge/github/id-token';

const parts = { platforms: [gitHub], endpoints: [containerEndpoint] };
await runBroker(realSystem(process.env), parts, process.argv.slice(2));
