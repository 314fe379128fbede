import { runTask } from '@fedbridge/azure-pipelines';
import { awsCredentials } from '@fedbridge/steps';

await runTask(awsCredentials);
