import { runTask } from '@fedbridge/azure-pipelines';
import { entraToken } from '@fedbridge/steps';

await runTask(entraToken);
