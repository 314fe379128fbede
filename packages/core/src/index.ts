export { type Endpoint, isLoopback, isWithin, parseEndpoint } from './endpoint.ts';
export { type ErrorCode, explain, FedbridgeError, type Presented } from './error.ts';
export { isGuid } from './guid.ts';
export { readJson, retryAfterMs, textMember, unavailable } from './http/answer.ts';
export { HttpClient } from './http/client.ts';
export { type Outbound, send } from './http/outbound.ts';
export { retry } from './http/retry.ts';
export type { HttpRequest, HttpResponse } from './http/transport.ts';
export { IdToken, type IdTokenClaims } from './id-token/id-token.ts';
export { chooseIdentity, type IdentityName, identityNames } from './id-token/identity.ts';
export { idTokenSource, type JobSource, sourceVariables } from './id-token/job-source.ts';
export {
  type ManagedIdentity,
  type ManagedIdentityId,
  managedIdentityToken,
  parseManagedIdentityId,
} from './id-token/managed-identity.ts';
export { requireClaims } from './id-token/required-claims.ts';
export { type IdTokenSource, reuseWhileFresh } from './id-token/source.ts';
export { tokenExchange } from './id-token/token-exchange.ts';
export { matchesPattern } from './pattern.ts';
export { exportSecretVariables, exportVariables } from './step/exported-variables.ts';
export type { Host, Job, Platform, ServiceConnection } from './step/host.ts';
export { type InputDefinition, type InputValues, invalid } from './step/input.ts';
export { parseLines, parsePairs } from './step/lines.ts';
export { inert, kebabCase, oneInertLine } from './step/names.ts';
export type { Identity, Outcome } from './step/outcome.ts';
export { cleanUpProcess, stepProcess } from './step/process.ts';
export { secretDirectory, writeSecretFiles } from './step/secret-files.ts';
export {
  type CleanUp,
  defineStep,
  inputsOf,
  type OutputDefinition,
  outputsOf,
  type Step,
  type StepContext,
} from './step/step.ts';
export { type Environment, realSystem, type System } from './system.ts';
