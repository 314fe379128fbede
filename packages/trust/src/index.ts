export { type ConditionContext, holds } from './condition.ts';
export { type Evaluation, evaluateTrustPolicy, type TrustRequest } from './evaluate.ts';
export { explainEvaluation, explainMatch } from './explain.ts';
export {
  type AnyFederatedCredential,
  type Assertion,
  type CredentialMatch,
  type FederatedCredential,
  type FlexibleFederatedCredential,
  matchFederatedCredential,
  readFederatedCredential,
} from './federated-credential.ts';
export { type Finding, type RuleId, rules, type Severity, sarif } from './finding.ts';
export {
  type ClaimsMatchingExpression,
  type ClaimTest,
  claimTestsOf,
  ExpressionSyntaxError,
  parseExpression,
} from './flexible-expression.ts';
export { type Inspection, inspectClaims } from './inspect.ts';
export {
  type AzurePipelinesJobs,
  audiences,
  azurePipelinesJob,
  type Cloud,
  connectionJob,
  type GitHubJobs,
  gitHubJob,
  jobOf,
  kubernetesJob,
  providerArn,
  type TrustedJob,
} from './job.ts';
export { type DuplicateMember, JsonDocument, type JsonPath, JsonSyntaxError, type Position } from './json.ts';
export { withLikelyCause } from './likely-cause.ts';
export { lintTrustPolicy } from './lint-aws.ts';
export { lintFederatedCredentials } from './lint-entra.ts';
export { type Migrated, type Migration, migrateFederatedCredentials, migrateTrustPolicy } from './migrate.ts';
export {
  type Condition,
  MalformedPolicyError,
  parseTrustPolicy,
  readTrustPolicy,
  refuseDuplicates,
  type Statement,
  type TrustPolicy,
} from './policy.ts';
export { command } from './shell.ts';
export {
  assertionProblem,
  partiesOf,
  providerAccepts,
  type WebIdentityClaims,
  webIdentityProblem,
  webIdentityRequest,
} from './web-identity.ts';
export { type AwsFormat, type AwsPlace, type AwsTrust, awsTrust, formatAwsTrust } from './write-aws.ts';
export { type EntraFormat, type EntraPlace, entraTrust, formatEntraTrust } from './write-entra.ts';
