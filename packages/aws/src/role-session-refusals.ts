import type { Rule } from './refusal.ts';
import type { RoleArn } from './role-arn.ts';

/** What STS's codes mean for any call that begins a role session. */
export function roleSessionRules(role: RoleArn, region: string): readonly Rule[] {
  return [
    {
      code: 'RegionDisabled',
      what: 'STS is not active in this region for the account',
      kind: 'rejected',
      hint: `Activate STS in ${region} in the account settings of ${role.accountId}, or use another {awsRegion}.`,
    },
    {
      code: 'ValidationError',
      message: /DurationSeconds|MaxSessionDuration/i,
      what: 'the role does not allow a session of that length',
      kind: 'rejected',
      hint: `Lower {roleDurationSeconds}, or raise the maximum session duration of ${role.arn}.`,
    },
    {
      code: 'MalformedPolicyDocument',
      what: 'the session policy is not one that IAM accepts',
      kind: 'rejected',
      hint: 'See {inlineSessionPolicy}, and that the policies of {managedSessionPolicies} exist in the account.',
    },
    {
      code: 'PackedPolicyTooLarge',
      what: 'session policies and tags are too large together',
      kind: 'rejected',
      hint: 'Shorten {inlineSessionPolicy}, or name fewer {managedSessionPolicies} or {customTags}.',
    },
    { code: 'Throttling', what: 'it is throttling', kind: 'unavailable', hint: 'Fewer jobs at once help.' },
  ];
}
