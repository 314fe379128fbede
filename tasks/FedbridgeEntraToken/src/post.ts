import { cleanUpTask } from '@fedbridge/azure-pipelines';
import { cleanUpEntraToken } from '@fedbridge/steps/clean-up';

await cleanUpTask(cleanUpEntraToken);
