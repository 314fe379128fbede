export { idTokenPath } from './id-token-route.ts';
export { type BrokerAccount, type BrokerPlan, type BrokerSecrets, brokerFiles } from './plan.ts';
export { type BrokerHandle, type BrokerOrder, startBroker } from './start.ts';
export { stopBroker } from './stop.ts';
