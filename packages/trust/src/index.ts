export type { Access } from './audit/access.ts';
export { type Audit, type AuditEntry, accountOfRole, audit, reachOfEntry } from './audit/audit.ts';
export { exampleOf, isForServicesAlone } from './audit/audit-entry.ts';
export { auditFindings, auditSarif } from './audit/audit-findings.ts';
export { type AuditRuleId, auditRules } from './audit/audit-rules.ts';
export type { Ending } from './audit/dates.ts';
export { hasAccounts, oursIn } from './audit/organization.ts';
export { hasProviders } from './audit/providers.ts';
export type { AzurePipelinesJobs } from './azure-pipelines-job.ts';
export type { ConditionContext } from './condition.ts';
export { credentialLimits } from './credential-form.ts';
export { parseCredentialName } from './credential-name.ts';
export { credentialTerraform } from './entra-application.ts';
export { type Evaluation, evaluateTrustPolicy, type TrustRequest } from './evaluate.ts';
export { explainEvaluation, explainMatch } from './explain.ts';
export {
  type AnyFederatedCredential,
  type Assertion,
  type CredentialMatch,
  type FederatedCredential,
  type FlexibleFederatedCredential,
  matchFederatedCredential,
  parseFederatedCredential,
  readFederatedCredential,
} from './federated-credential.ts';
export { type Finding, type FindingInFile, finding } from './finding.ts';
export type { Fix, Fixed } from './fix/fix.ts';
export { fixTrustDocument } from './fix/fixed-document.ts';
export { rewrittenText } from './fix/rewritten-text.ts';
export { flexibleTrust, needsExpression } from './flexible.ts';
export {
  type ClaimsMatchingExpression,
  type ClaimTest,
  claimTestsOf,
  parseExpression,
} from './flexible-expression.ts';
export { type GitHubJobs, gitHubJob } from './github-job.ts';
export { Expression, hclBlock } from './hcl.ts';
export { type Inspection, inspectClaims } from './inspect.ts';
export {
  audiences,
  type Cloud,
  connectionJob,
  type JobClaims,
  jobOf,
  type NamedSubject,
  providerArn,
  type TrustedJob,
} from './job.ts';
export type { JobFile, JobStep, Question } from './job-file.ts';
export { sharedOptions, type Target } from './job-kinds/job-kind.ts';
export { type JobKind, type JobNames, kindOptions } from './job-kinds.ts';
export {
  type DuplicateMember,
  JsonDocument,
  type JsonPath,
  JsonSyntaxError,
  type Position,
  positionAt,
} from './json.ts';
export { textOfJson } from './json-text.ts';
export { withLikelyCause } from './likely-cause.ts';
export { lintTrustPolicy } from './lint-aws.ts';
export { lintFederatedCredentials } from './lint-entra.ts';
export { migrateFederatedCredentials } from './migration/federated-credentials.ts';
export type { Migrated, NotCovered } from './migration/migrated.ts';
export type { Migration } from './migration/migration.ts';
export { migrateTrustPolicy } from './migration/trust-policy.ts';
export { checkJob, namedJob } from './named-job.ts';
export { neverMatches } from './never-matches.ts';
export {
  type Condition,
  MalformedPolicyError,
  parseTrustPolicy,
  readTrustPolicy,
  refuseDuplicates,
  type Statement,
  type TrustPolicy,
} from './policy.ts';
export { lintTrustDocument, type PlacedFinding, positionOf } from './read/lint-document.ts';
export { namesOwnAccount, ownAccount } from './read/own-account.ts';
export { resembledByText } from './read/resemblance.ts';
export {
  DocumentError,
  type Parameters,
  type Source,
  type TextReader,
  type TrustDocument,
  type Unresolved,
} from './read/trust-document.ts';
export { trustDocumentsIn } from './read/trust-documents.ts';
export { matters } from './read/unresolved.ts';
export type { Rule, Severity } from './rules/rule.ts';
export { type RuleId, rules } from './rules.ts';
export { bySeverity, sarif, sarifOf, severities } from './sarif.ts';
export { command } from './shell.ts';
export { verdictOnSigned } from './signed-token.ts';
export { changingParts, lastingJobOf } from './token-job.ts';
export { credentialsVerdict, policyVerdict, type Verdict } from './verdict.ts';
export {
  assertionProblem,
  isKeyOfRequest,
  type Presentation,
  providerAccepts,
  type WebIdentityClaims,
  webIdentityProblem,
  webIdentityRequest,
} from './web-identity.ts';
export { type Admitted, isUnbounded, type Reach, reaches, reachesOthers, type Witness } from './who/admitted.ts';
export { whoIsNew } from './who/diff.ts';
export { formatMine, kindsOfOwners, type Mine, parseMine, whyNotMine } from './who/mine.ts';
export { exampleIn, farthest, sentenceOf, titleOf, whomOf } from './who/sentence.ts';
export { type Grant, grantsOfCredentials, grantsOfPolicy, whoIsGranted } from './who/who.ts';
export { whyNobody } from './who/why-nobody.ts';
export {
  type AwsFormat,
  type AwsPlace,
  type AwsTrust,
  addClientId,
  awsTrust,
  formatAwsTrust,
  parseRoleName,
} from './write-aws.ts';
export { type EntraFormat, type EntraPlace, entraTrust, formatEntraTrust } from './write-entra.ts';
export { numberMark } from './written-number.ts';
