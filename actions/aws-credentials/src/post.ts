import { cleanUpAction } from '@fedbridge/github';
import { cleanUpAwsCredentials } from '@fedbridge/steps/clean-up';

await cleanUpAction(cleanUpAwsCredentials);
