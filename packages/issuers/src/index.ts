export { awsAudience, isAwsAudience, isTrustAction, trustActions } from './aws.ts';
export {
  azureDevOps,
  azureDevOpsApplication,
  azureDevOpsForm,
  azureDevOpsIssuer,
  azureDevOpsIssuerEnds,
  formatAzureDevOpsSubject,
  isAzureDevOpsIssuer,
  isRetired,
} from './azure-devops.ts';
export {
  azureDevOpsDomains,
  azureDevOpsHost,
  entitlementsHostOf,
  isAzureDevOpsHost,
  organizationAt,
} from './azure-devops-hosts.ts';
export { parseOrganizationId, parseProjectName } from './azure-devops-project.ts';
export { bitbucket } from './bitbucket.ts';
export { buildkite, buildkiteIssuer } from './buildkite.ts';
export { circleCi } from './circleci.ts';
export { type OtherCodeHost, otherCodeHostOf } from './code-host.ts';
export { isConsistentToken } from './consistent-token.ts';
export {
  credentialAudience,
  entra,
  entraIssuer,
  isComputedEntraSubject,
  parseEntraSubject,
} from './entra.ts';
export {
  type EntraCloud,
  entraAudience,
  entraAudiences,
  entraCloudAt,
  entraClouds,
  mostFederatedCredentials,
  namesOfAudience,
} from './entra-clouds.ts';
export { isFullRef, isGitRefName } from './git-ref-name.ts';
export {
  formatContext,
  type GitHubContext,
  gitHub,
  gitHubIssuer,
  gitHubServiceOf,
  gitHubSubjectParts,
  gitHubTokenDomains,
  immutableSubjectsSince,
  isMutableGitHubSubject,
  parseGitHubSubject,
  repositoryOf,
  signsForGitHubServer,
} from './github.ts';
export { gitHubClaimForms } from './github-claims.ts';
export {
  gitHubIssuerAt,
  gitHubServerIssuer,
  isGitHubOwner,
  isGitHubRepository,
  type NamedRepository,
  parseRepositoryName,
} from './github-repository.ts';
export { formatRepository } from './github-subject-claims.ts';
export { gitLab, gitLabIssuer } from './gitlab.ts';
export { google } from './google.ts';
export { type ConditionKey, commonConditionKeys, conditionPrefix, type Issuer, type SubjectParts } from './issuer.ts';
export { conditionKeysOf, issuerOf, issuers } from './issuers.ts';
export {
  formatKubernetesSubject,
  isKubernetesName,
  isKubernetesSubject,
  kubernetes,
  kubernetesSubjectParts,
} from './kubernetes.ts';
export { type LoginService, loginPrincipal, loginServices } from './login-services.ts';
export { formOfIssuersAt, nearestIssuer, signsInOneFormAlone } from './nearest.ts';
export { type LastingSubject, lastingSubject } from './per-run.ts';
export { sharedServices } from './shared-services.ts';
export { terraformCloud, terraformCloudIssuer } from './terraform-cloud.ts';
export { type TokenKind, type TokenPart, type TokenParts, tokenPartsOf } from './token-parts.ts';
export type { ClaimPart, Language, ListClaim, TokenField, TokenShape } from './token-shape.ts';
export { type Asked, tokenShapesOf } from './token-shapes.ts';
