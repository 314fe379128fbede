import { cleanUpTask } from '@fedbridge/azure-pipelines';
import { cleanUpAwsCredentials } from '@fedbridge/steps/clean-up';

await cleanUpTask(cleanUpAwsCredentials);
