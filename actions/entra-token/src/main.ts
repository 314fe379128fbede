import { runAction } from '@fedbridge/github';
import { entraToken } from '@fedbridge/steps';

await runAction(entraToken);
