/** The audience that STS is asked with in China, where the service has a name of its own. */
const china = 'sts.amazonaws.com.cn';

/** The audience that a token for AWS is asked for, by partition, where the job can choose. */
export function awsAudience(partition: string): string {
  return partition === 'aws-cn' ? china : 'sts.amazonaws.com';
}

/** Whether an audience is that of AWS, in any partition. */
export function isAwsAudience(audience: string): boolean {
  return audience === awsAudience('aws') || audience === china;
}

/**
 * The actions that IAM takes in a role's trust policy, in this case: those by which somebody takes the role, and those that only go with
 * one. Of wildcards it takes what begins with `sts:` and more, and not `sts:*`. Source: IAM User Guide, "Passing session tags in AWS STS";
 * captures of real IAM, radkawar/stackd, `iam/policy/testdata/oidc_trust_controls_edges_aws.json`, 2026-09-11.
 */
export const trustActions = {
  assuming: ['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'],
  beside: ['sts:TagSession', 'sts:SetSourceIdentity', 'sts:SetContext'],
} as const;

/** Whether IAM takes an action, or a pattern of some, in a role's trust policy. */
export function isTrustAction(action: string): boolean {
  const all: readonly string[] = [...trustActions.assuming, ...trustActions.beside];
  return all.includes(action) || /^sts:.+\*/.test(action);
}
