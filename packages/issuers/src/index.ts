export { awsAudience, isAwsAudience } from './aws.ts';
export {
  azureDevOps,
  azureDevOpsApplication,
  azureDevOpsDomains,
  azureDevOpsIssuer,
  azureDevOpsIssuerEnds,
  isAzureDevOpsIssuer,
  isRetired,
} from './azure-devops.ts';
export { entra, entraIssuer, personalTenant, tokenExchange } from './entra.ts';
export { type EntraCloud, entraCloudAt, entraClouds } from './entra-clouds.ts';
export { gitHub, gitHubTokenDomains, signsForGitHubServer } from './github.ts';
export { type ConditionKey, commonConditionKeys, conditionPrefix, type Issuer, type SubjectParts } from './issuer.ts';
export { conditionKeysOf, issuerOf, issuers } from './issuers.ts';
export { kubernetes } from './kubernetes.ts';
