import type { Rule } from './refusal.ts';
import type { RoleArn } from './role-arn.ts';

/** What STS's codes mean for any call that begins a role session. */
export function roleSessionRules(role: RoleArn, region: string): readonly Rule[] {
  return [
    {
      code: 'RegionDisabled',
      what: 'STS is not active in this region for the account',
      kind: 'rejected',
      hint: `Activate STS in ${region} in the account settings of ${role.accountId}, or use another region.`,
    },
    {
      code: 'ValidationError',
      message: /DurationSeconds|MaxSessionDuration/i,
      what: 'the role does not allow a session of that length',
      kind: 'rejected',
      hint: `Ask for less, or raise the maximum session duration of ${role.arn}.`,
    },
    {
      code: 'MalformedPolicyDocument',
      what: 'the session policy is not one that IAM accepts',
      kind: 'rejected',
      hint: 'See inline-session-policy (inlineSessionPolicy), and that managed policies exist in the account.',
    },
    {
      code: 'PackedPolicyTooLarge',
      what: 'the session policies are too large together',
      kind: 'rejected',
      hint: 'Shorten inline-session-policy (inlineSessionPolicy) or name fewer managed policies.',
    },
    { code: 'Throttling', what: 'it is throttling', kind: 'unavailable', hint: 'Fewer jobs at once help.' },
  ];
}
