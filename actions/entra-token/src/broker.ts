import { runBroker } from '@fedbridge/broker/run';
import { realSystem } from '@fedbridge/core';
import { managedIdentityEndpoint } from '@fedbridge/entra/keep-fresh/managed-identity-endpoint';

await runBroker(realSystem(process.env), [managedIdentityEndpoint], process.argv.slice(2));
