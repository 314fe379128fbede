export { awsPath } from './aws-endpoint.ts';
export { writeCredentialProcess } from './credential-process.ts';
export { idTokenPath } from './id-token-endpoint.ts';
export { managedIdentityPath } from './managed-identity-endpoint.ts';
export type { AwsPlan, AwsRolePlan, BrokerAccount, BrokerPlan, BrokerSecrets, EntraPlan } from './plan.ts';
export { brokerFiles } from './plan.ts';
export { type BrokerHandle, type BrokerOrder, startBroker } from './start.ts';
export { stopBroker } from './stop.ts';
