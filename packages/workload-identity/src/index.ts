export { FedbridgeError } from '@fedbridge/core';
export { type AwsCredentials, type AwsCredentialsOptions, awsCredentials } from './aws-credentials.ts';
export {
  type EntraAccessToken,
  type EntraCredential,
  type EntraCredentialOptions,
  entraCredential,
} from './entra-credential.ts';
export { type IdToken, type JobIdentity, type JobIdentityOptions, jobIdentity } from './job-identity.ts';
export type { ServiceConnectionOptions, TaskLib } from './task-job.ts';
