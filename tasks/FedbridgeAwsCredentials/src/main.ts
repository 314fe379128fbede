import { runTask } from '@fedbridge/azure-pipelines';
import { awsCredentials } from '@fedbridge/steps';

// On Node 20 the SDK speaks of versions of itself that this bundle will never have.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
await runTask(awsCredentials);
