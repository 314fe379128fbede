import { runCheckAction } from '@fedbridge/github';
import { trustLint } from '@fedbridge/steps';

await runCheckAction(trustLint);
