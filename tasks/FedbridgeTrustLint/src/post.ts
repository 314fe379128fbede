import { cleanUpTask } from '@fedbridge/azure-pipelines';

await cleanUpTask();
