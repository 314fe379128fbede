import { runBroker } from '@fedbridge/broker/run';
import { realSystem } from '@fedbridge/core';
import { exchangeForAccessToken } from '@fedbridge/entra';

await runBroker(realSystem(process.env), { exchangeForAccessToken }, process.argv.slice(2));
