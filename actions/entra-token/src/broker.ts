import { runBroker } from '@fedbridge/broker/run';
import { systemWithoutPrograms } from '@fedbridge/core';
import { managedIdentityEndpoint } from '@fedbridge/entra/keep-fresh/managed-identity-endpoint';
import { gitHubActions } from '@fedbridge/github/id-token';

const parts = { platforms: [gitHubActions], endpoints: [managedIdentityEndpoint] };
await runBroker(systemWithoutPrograms(process.env), parts, process.argv.slice(2));
