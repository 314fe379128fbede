import { runAction } from '@fedbridge/github';
import { awsCredentials } from '@fedbridge/steps';

await runAction(awsCredentials);
