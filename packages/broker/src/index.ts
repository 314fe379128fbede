export { idTokenPath } from './id-token-route.ts';
export { type BrokerPlan, type BrokerSecrets, type BrokerStatus, brokerFiles } from './plan.ts';
export { type BrokerHandle, type BrokerOrder, startBroker } from './start.ts';
export { stopBroker } from './stop.ts';
