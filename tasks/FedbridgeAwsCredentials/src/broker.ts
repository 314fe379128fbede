import { containerEndpoint } from '@fedbridge/aws/keep-fresh/container-endpoint';
import { runBroker } from '@fedbridge/broker/run';
import { realSystem } from '@fedbridge/core';

await runBroker(realSystem(process.env), [containerEndpoint], process.argv.slice(2));
