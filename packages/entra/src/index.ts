export { AccessToken } from './access-token.ts';
export type { AccessTokenRequest } from './access-token-request.ts';
export {
  type AzureCloud,
  type CloudName,
  cloudNames,
  cloudOf,
  clouds,
  isResourceName,
  parseKnownAuthority,
  type ResourceName,
  type SovereignCloud,
  sovereignCloudOf,
} from './cloud.ts';
export { exchangeForAccessToken } from './exchange.ts';
export {
  type ClientId,
  parseClientId,
  parseResource,
  parseSubscriptionId,
  parseTenantId,
  type Resource,
  type SubscriptionId,
  type TenantId,
} from './ids.ts';
export { type MachineAccessToken, machineAccessToken } from './machine-access-token.ts';
