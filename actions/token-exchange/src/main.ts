import { runAction } from '@fedbridge/github';
import { tokenExchange } from '@fedbridge/steps';

await runAction(tokenExchange);
