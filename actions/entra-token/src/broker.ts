import { runBroker } from '@fedbridge/broker/run';
import { realSystem } from '@fedbridge/core';
import { exchangeForAccessToken, machineAccessToken } from '@fedbridge/entra';

await runBroker(realSystem(process.env), { exchangeForAccessToken, machineAccessToken }, process.argv.slice(2));
