import { cleanUpAction } from '@fedbridge/github';

await cleanUpAction();
