import { runTask } from '@fedbridge/azure-pipelines';
import { tokenExchange } from '@fedbridge/steps';

await runTask(tokenExchange);
