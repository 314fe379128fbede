import { cleanUpAction } from '@fedbridge/github';
import { cleanUpEntraToken } from '@fedbridge/steps/clean-up';

await cleanUpAction(cleanUpEntraToken);
