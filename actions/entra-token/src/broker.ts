import { runBroker } from '@fedbridge/broker/run';
import { realSystem } from '@fedbridge/core';
import { managedIdentityEndpoint } from '@fedbridge/entra/keep-fresh/managed-identity-endpoint';
import { gitHubActions } from '@fedbridge/github/id-token';

const parts = { platforms: [gitHubActions], endpoints: [managedIdentityEndpoint] };
await runBroker(realSystem(process.env), parts, process.argv.slice(2));
