import { runTask } from '@fedbridge/azure-pipelines';
import { idToken } from '@fedbridge/steps';

await runTask(idToken);
