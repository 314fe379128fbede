import { runAction } from '@fedbridge/github';
import { idToken } from '@fedbridge/steps';

await runAction(idToken);
