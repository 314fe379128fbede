import { cleanUpAction } from '@fedbridge/github';
import { cleanUpTokenExchange } from '@fedbridge/steps/clean-up';

await cleanUpAction(cleanUpTokenExchange);
