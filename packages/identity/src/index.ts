export { debugClaims } from './debug-claims.ts';
export { IdToken, type IdTokenClaims } from './id-token.ts';
export { chooseIdentity, type IdentityName, identityNames } from './identity.ts';
export { idTokenSource, type JobSource, sourceVariables } from './job-source.ts';
export {
  type ManagedIdentity,
  type ManagedIdentityId,
  managedIdentityToken,
  parseManagedIdentityId,
} from './managed-identity.ts';
export { requireClaims } from './required-claims.ts';
export { type IdTokenSource, reuseWhileFresh } from './source.ts';
export { tokenExchange } from './token-exchange.ts';
