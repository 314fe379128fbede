import { awsAudience } from '@fedbridge/issuers';
import { type Rule, wildcardFixes } from './rule.ts';

/** Rules of IAM's trust policies. */
export const awsRules = {
  'aws/malformed': {
    severity: 'error',
    title: 'IAM rejects this document',
    fix: 'Correct it, or write a new one with "fedbridge trust aws".',
  },
  'aws/no-aud': {
    severity: 'warning',
    title: 'No condition on the audience',
    fix: `Add StringEquals on <issuer>:aud with the audience that tokens for AWS have, ${awsAudience('aws')} for most, so that a token made for somebody else does not fit. At Login with Amazon and Facebook the key is app_id; of a service account of Google, whose aud is itself, it is oaud.`,
  },
  'aws/no-sub': {
    severity: 'error',
    title: 'No condition on the subject',
    fix: 'Add StringEquals on <issuer>:sub with the subject of the job that is meant, repo:octo/app:ref:refs/heads/main for example: without it every job of every user of this issuer is allowed.',
  },
  'aws/entra-issuer-no-sub': {
    severity: 'error',
    title: 'An Entra issuer without a condition on the subject',
    fix: 'Add StringEquals on <issuer>:sub with the subject of the service connection or the object id of the managed identity: the issuer is shared by every workload identity of the tenant.',
  },
  'aws/required-claim': {
    severity: 'warning',
    title: 'A shared issuer without the claim that IAM demands of it',
    fix: 'Add StringEquals on a key that the finding names, with a value in full: IAM refuses to create or update a role without it, and a value of * does not count, at GitHub none that begins with it.',
  },
  'aws/any-owner': {
    severity: 'error',
    title: 'Nothing names the owner',
    fix: 'Strangers have such tokens too. Name the owner and the repository or project in the subject, or by an id. At a login service name the application, in aud or app_id, and a user in full, in sub, user_id, id or email.',
  },
  'aws/any-user': {
    severity: 'warning',
    title: 'Every user of an application',
    fix: 'Whoever can sign in to the application is allowed. Where one user is meant, add StringEquals on the key that names users, sub for example, with the whole value.',
  },
  'aws/guests': {
    severity: 'error',
    title: 'Anybody, without an account',
    fix: 'Add ForAnyValue:StringEquals on <issuer>:amr with the value authenticated.',
  },
  'aws/any-account': {
    severity: 'error',
    title: 'Every AWS account is trusted',
    fix: 'Name the accounts or roles in Principal.AWS, or add StringEquals on aws:PrincipalOrgID with the id of the organization. sts:ExternalId does not do: it is no secret, and is meant to stand beside an account that is named.',
  },
  'aws/built-in-provider': {
    severity: 'warning',
    title: 'An OIDC provider for an issuer that AWS knows by its name',
    fix: 'Write the name alone in Principal.Federated, not an ARN: "do not create a separate IAM identity provider", the IAM User Guide says of Google, Facebook and Amazon Cognito.',
  },
  'aws/any-service': {
    severity: 'error',
    title: 'Every service of AWS is trusted',
    fix: 'Name one service in Principal.Service, lambda.amazonaws.com for example, and add StringEquals on aws:SourceAccount with the account of the role where the service sends it.',
  },
  'aws/any-caller': {
    severity: 'warning',
    title: 'A reusable workflow whoever calls it',
    fix: 'If strangers can read its repository, they can call it. Add StringEquals on repository_owner_id, or StringLike on the subject with the owner in full.',
  },
  'aws/wildcard-workflow': {
    severity: 'error',
    title: 'A wildcard spans the files or versions of a reusable workflow',
    fix: 'A fork has versions of its own. Name the file and one ref: <owner>/<repository>/.github/workflows/<file>@refs/heads/main.',
  },
  'aws/wildcard-owner': {
    severity: 'error',
    title: 'A wildcard spans owners or organizations',
    fix: wildcardFixes.exact,
  },
  'aws/wildcard-repository': {
    severity: 'error',
    title: 'A wildcard spans repositories, projects or namespaces',
    fix: wildcardFixes.exact,
  },
  'aws/whole-owner': {
    severity: 'warning',
    title: 'Every repository or project of an owner',
    fix: 'Name the repository or project in the subject, or by its id if it can be renamed: repository_id at GitHub.',
  },
  'aws/whole-repository': {
    severity: 'note',
    title: 'Every branch, tag and pull request of a repository that ids pin',
    fix: wildcardFixes.oneRef,
  },
  'aws/wildcard-ref': {
    severity: 'warning',
    title: 'Every branch, tag and pull request of a repository, or every job of a project',
    fix: wildcardFixes.oneRef,
  },
  'aws/any-branch': { severity: 'note', title: 'Every branch', fix: wildcardFixes.anyBranch },
  'aws/open-name': {
    severity: 'warning',
    title: 'A wildcard right behind the letters of a name',
    fix: wildcardFixes.openName,
  },
  'aws/wildcard-connection': {
    severity: 'warning',
    title: 'Every service connection or pipeline of a project',
    fix: 'Name one service connection or pipeline in full: sc://<organization>/<project>/<connection>.',
  },
  'aws/wildcard-service-account': {
    severity: 'warning',
    title: 'Every service account of a namespace',
    fix: 'Name one service account in full, its namespace and its name.',
  },
  'aws/literal-wildcard': {
    severity: 'error',
    title: 'A wildcard where it is a letter like any other',
    fix: 'StringEquals has no wildcards: it means these very letters. Name the value in full, or use StringLike.',
  },
  'aws/foreign-key': {
    severity: 'error',
    title: 'A condition key of another issuer',
    fix: 'Begin the key with the name of the provider in Principal.Federated, without https://, <issuer>:sub for example.',
  },
  'aws/unfilled-key': {
    severity: 'error',
    title: 'A condition key that STS never fills',
    fix: 'Use a key that STS fills: <issuer>:sub holds most of what a token says.',
  },
  'aws/string-like': {
    severity: 'note',
    title: 'StringLike where StringEquals would do',
    fix: 'Use StringEquals: a value without wildcards is compared exactly.',
  },
  'aws/for-all-values': {
    severity: 'error',
    title: 'ForAllValues without a check that the key is there',
    fix: 'Leave ForAllValues out of the operator, or write ForAnyValue for a key with several values: ForAllValues holds for a key that is missing.',
  },
  'aws/idle-operator': {
    severity: 'note',
    title: 'ForAllValues or IfExists on a key that every token has',
    fix: 'Leave it out: it makes no difference here, and on another key it would allow tokens that do not have that.',
  },
  'aws/if-exists': {
    severity: 'warning',
    title: 'A condition that a missing key passes',
    fix: 'Leave IfExists out of the operator: a token without the key passes, whatever the value is.',
  },
  'aws/negated-sub': {
    severity: 'error',
    title: 'The subject is tested only for what it is not',
    fix: 'Say with StringEquals which subject is trusted: every other is allowed now.',
  },
  'aws/wildcard-principal': {
    severity: 'error',
    title: 'The principal is everybody',
    fix: 'Name the ARN of one OIDC provider in Principal.Federated: arn:aws:iam::<account>:oidc-provider/<issuer without https://>.',
  },
  'aws/wrong-action': {
    severity: 'error',
    title: 'An action by which these principals do not take a role',
    fix: 'Write sts:AssumeRoleWithWebIdentity for an OIDC provider, sts:AssumeRole for AWS principals and services, sts:AssumeRoleWithSAML for a SAML provider.',
  },
  'aws/idle-denial': {
    severity: 'warning',
    title: 'A denial that keeps nobody out',
    fix: 'Deny the action by which the role is taken: sts:AssumeRoleWithWebIdentity for an OIDC provider, sts:AssumeRole for AWS principals.',
  },
  'aws/expired': {
    severity: 'note',
    title: 'A statement that has expired',
    fix: 'It allows nobody any more. Remove it, or change its dates.',
  },
  'aws/expired-denial': {
    severity: 'warning',
    title: 'A denial that has expired',
    fix: 'Whoever was denied by it is not any more. Change its dates, or remove it.',
  },
  'aws/old-version': {
    severity: 'note',
    title: 'An old version of the policy language',
    fix: 'Write "Version": "2012-10-17": the old one takes variables for letters.',
  },
  'aws/wrong-partition': {
    severity: 'error',
    title: 'Partition and audience, or two partitions, do not go together',
    fix: `Use the ARNs of one partition; China has the audience ${awsAudience('aws-cn')}, all others ${awsAudience('aws')}.`,
  },
} as const satisfies Readonly<Record<string, Rule>>;
