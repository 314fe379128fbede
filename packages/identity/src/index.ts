export { checkIdToken } from './check-id-token.ts';
export { identityNames } from './choose.ts';
export type {
  Acquisition,
  Answer,
  BrokerAt,
  BrokerRequest,
  CredentialEndpoint,
  EndpointOrder,
  Failure,
  KeepFresh,
  KeptInFile,
  Route,
} from './credential-endpoint.ts';
export { IdToken, type IdTokenClaims } from './id-token.ts';
export { type IdTokenSource, reuseWhileFresh } from './id-token-source.ts';
export { type AdmittedIdToken, Identity, type IdentityPlan, type NoIdTokenNeeded } from './identity.ts';
export { refuseLoopback } from './job-bearer.ts';
export type { JobSource } from './job-source.ts';
export { type ManagedIdentity, type ManagedIdentityId, parseManagedIdentityId } from './managed-identity.ts';
export { type Platform, type PlatformJob, type TokenRequest, variablesOf } from './platform.ts';
export type { RequiredClaims } from './required-claims.ts';
