export { azurePipelinesTokenUrl } from './azure-pipelines.ts';
export { type IdentityName, identityNames } from './choose.ts';
export type {
  Acquisition,
  Answer,
  BrokerAt,
  BrokerRequest,
  CredentialEndpoint,
  EndpointOrder,
  Failure,
  KeepFresh,
  Route,
} from './credential-endpoint.ts';
export { IdToken, type IdTokenClaims } from './id-token.ts';
export { type AdmittedIdToken, Identity, type IdentityPlan, type NoIdTokenNeeded } from './identity.ts';
export { type JobSource, sourceVariables } from './job-source.ts';
export { type ManagedIdentity, type ManagedIdentityId, parseManagedIdentityId } from './managed-identity.ts';
export type { RequiredClaims } from './required-claims.ts';
export { reuseWhileFresh } from './source.ts';
