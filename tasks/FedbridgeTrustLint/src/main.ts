import { runCheckTask } from '@fedbridge/azure-pipelines';
import { trustLint } from '@fedbridge/steps';

await runCheckTask(trustLint);
