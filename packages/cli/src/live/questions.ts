import { azureDevOpsApplication, azureDevOpsHost } from '@fedbridge/issuers';

/** A program that is signed in to a cloud. */
export type Tool = 'aws' | 'az';

/** What is put to a tool. */
export interface Question {
  readonly tool: Tool;
  /** The command, and what it is about. */
  readonly args: readonly string[];
}

const aws = (...args: readonly string[]): Question => ({ tool: 'aws', args });
const az = (...args: readonly string[]): Question => ({ tool: 'az', args });

/**
 * Of an AWS account: each of them reads. The tool follows pages by itself.
 * Source: AWS CLI Command Reference, iam, sts and organizations.
 */
export const awsQuestions = {
  /** Roles with all policies that they may have, and the users and groups that they may take over. */
  details: aws(
    ...['iam', 'get-account-authorization-details'],
    ...['--filter', 'User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy'],
  ),
  roles: aws('iam', 'list-roles'),
  providers: aws('iam', 'list-open-id-connect-providers'),
  provider: (arn: string) => aws('iam', 'get-open-id-connect-provider', `--open-id-connect-provider-arn=${arn}`),
  role: (name: string) => aws('iam', 'get-role', `--role-name=${name}`),
  attachedPolicies: (role: string) => aws('iam', 'list-attached-role-policies', `--role-name=${role}`),
  /** Who asks, and of which account. */
  caller: aws('sts', 'get-caller-identity'),
  accounts: aws('organizations', 'list-accounts'),
} as const;

/** Of keys and secrets nothing is wanted, not even their hints. */
const ofApplications = ['--query', '[].{id:id, appId:appId, displayName:displayName, signInAudience:signInAudience}'];
/** When secrets and certificates expire: an object each, since a list of dates would leave out what has none. */
const ends = 'secrets:passwordCredentials[].{end:endDateTime}, certificates:keyCredentials[].{end:endDateTime}';
const ofApplication = [
  '--query',
  `[].{id:id, appId:appId, displayName:displayName, signInAudience:signInAudience, ${ends}}`,
];
const ofPrincipal = ['--query', `[].{id:id, ${ends}}`];
const ofOwners = ['--query', '[].{id:id, displayName:displayName, userPrincipalName:userPrincipalName}'];

/** A text in a filter of Microsoft Graph. */
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

const devOps = (path: string) =>
  az('rest', '--method=get', `--resource=${azureDevOpsApplication}`, `--url=https://${azureDevOpsHost}/${path}`);

/**
 * Of an Entra tenant, a subscription and an organization of Azure DevOps: each of them reads. What a value begins with is never read as an
 * option, nor as the name of a file.
 * Source: Azure CLI reference, az account, az ad app, az ad app federated-credential, az ad sp, az role, az rest, az identity, az identity
 * federated-credential.
 */
export const azQuestions = {
  /** Who is signed in, and to which tenant; what is known of a subscription, where one is named. */
  account: (subscription?: string) =>
    az('account', 'show', ...(subscription === undefined ? [] : [`--subscription=${subscription}`])),
  applications: az('ad', 'app', 'list', '--all', ...ofApplications),
  applicationsCalled: (name: string) =>
    az('ad', 'app', 'list', `--filter=displayName eq ${quoted(name)}`, ...ofApplication),
  applicationsOf: (clientId: string) =>
    az('ad', 'app', 'list', `--filter=appId eq ${quoted(clientId)}`, ...ofApplication),
  principalsOf: (clientId: string) => az('ad', 'sp', 'list', `--filter=appId eq ${quoted(clientId)}`, ...ofPrincipal),
  ownersOfApplication: (clientId: string) => az('ad', 'app', 'owner', 'list', `--id=${clientId}`, ...ofOwners),
  ownersOfPrincipal: (id: string) => az('ad', 'sp', 'owner', 'list', `--id=${id}`, ...ofOwners),
  ofApplication: (id: string) => az('ad', 'app', 'federated-credential', 'list', `--id=${id}`),
  /** With the expressions of flexible ones. @param graph - Microsoft Graph, without a slash at the end */
  anyOfApplication: (clientId: string, graph: string) =>
    az('rest', '--method=get', `--url=${graph}/beta/applications(appId='${clientId}')/federatedIdentityCredentials`),
  roles: (name: string, subscription: string) =>
    az('role', 'definition', 'list', `--name=${name}`, `--subscription=${subscription}`, '--query', '[].{name:name}'),
  /** What a principal may do in a subscription. */
  assignments: (principal: string, subscription: string) =>
    az('role', 'assignment', 'list', '--all', `--assignee=${principal}`, `--subscription=${subscription}`),
  project: (organization: string, project: string) =>
    devOps(`${organization}/_apis/projects/${encodeURIComponent(project)}?api-version=7.1`),
  /** Source: Azure DevOps REST API, "Endpoints - Get Service Endpoints By Names". */
  connections: (organization: string, project: string, name: string) =>
    devOps(
      `${organization}/${encodeURIComponent(project)}/_apis/serviceendpoint/endpoints?endpointNames=${encodeURIComponent(name)}&api-version=7.1`,
    ),
  identities: az('identity', 'list', '--query', '[].{id:id, name:name, resourceGroup:resourceGroup}'),
  ofIdentity: (name: string, resourceGroup: string) =>
    az('identity', 'federated-credential', 'list', `--identity-name=${name}`, `--resource-group=${resourceGroup}`),
} as const;
