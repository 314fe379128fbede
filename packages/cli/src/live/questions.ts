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

/**
 * Of an Entra tenant, and a subscription: each of them reads. What a value begins with is never read as an option, nor as the name of a file.
 * Source: Azure CLI reference, az ad app, az ad app federated-credential, az identity, az identity federated-credential.
 */
export const azQuestions = {
  applications: az(
    ...['ad', 'app', 'list', '--all'],
    // Of keys and secrets nothing is wanted, not even their hints.
    ...['--query', '[].{id:id, appId:appId, displayName:displayName, signInAudience:signInAudience}'],
  ),
  ofApplication: (id: string) => az('ad', 'app', 'federated-credential', 'list', `--id=${id}`),
  identities: az('identity', 'list', '--query', '[].{id:id, name:name, resourceGroup:resourceGroup}'),
  ofIdentity: (name: string, resourceGroup: string) =>
    az('identity', 'federated-credential', 'list', `--identity-name=${name}`, `--resource-group=${resourceGroup}`),
} as const;
