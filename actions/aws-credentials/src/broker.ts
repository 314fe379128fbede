import { assumeRolePath } from '@fedbridge/aws';
import { runBroker } from '@fedbridge/broker/run';
import { realSystem } from '@fedbridge/core';

await runBroker(realSystem(process.env), { assumeRolePath }, process.argv.slice(2));
