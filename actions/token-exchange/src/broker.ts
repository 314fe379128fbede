import { runBroker } from '@fedbridge/broker/run';
import { realSystem } from '@fedbridge/core';
import { tokenEndpoint } from '@fedbridge/exchange/keep-fresh/token-endpoint';
import { gitHub } from '@fedbridge/github/id-token';

const parts = { platforms: [gitHub], endpoints: [tokenEndpoint] };
await runBroker(realSystem(process.env), parts, process.argv.slice(2));
