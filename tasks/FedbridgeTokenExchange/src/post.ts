import { cleanUpTask } from '@fedbridge/azure-pipelines';
import { cleanUpTokenExchange } from '@fedbridge/steps/clean-up';

await cleanUpTask(cleanUpTokenExchange);
