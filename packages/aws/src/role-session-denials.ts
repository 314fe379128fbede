import type { RoleRequest } from './role-request.ts';
import type { DenialRule } from './sts-denial.ts';

/** What STS's codes mean for any call that begins a role session. */
export function roleSessionRules(request: RoleRequest): readonly DenialRule[] {
  const { role, region } = request;
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
    ...tooLarge(request),
    { code: 'Throttling', what: 'it is throttling', kind: 'unavailable', hint: 'Fewer jobs at once help.' },
  ];
}

/**
 * STS packs policies and tags together, by a measure of its own, and tells of tags apart where they alone are too large. What was sent is
 * named, the largest first.
 * Source: AWS STS API Reference, AssumeRole, `Tags` and `PackedPolicyTooLarge`.
 */
function tooLarge({ inlinePolicy, managedPolicies = [], tags = [] }: RoleRequest): readonly DenialRule[] {
  const code = 'PackedPolicyTooLarge';
  const ofTags = {
    name: 'tags',
    size: tags.map(({ key, value }) => key + value).join('').length,
    hint: 'Set {roleSkipSessionTagging}, which leaves the default tags out, or give fewer or shorter {customTags}.',
  };
  const sent = [
    ofTags,
    { name: 'inline policy', size: inlinePolicy?.length ?? 0, hint: 'Shorten {inlineSessionPolicy}.' },
    { name: 'managed policies', size: managedPolicies.join('').length, hint: 'Name fewer {managedSessionPolicies}.' },
  ]
    .filter(({ size }) => size > 0)
    .sort((one, other) => other.size - one.size);
  const inherited = 'Tags that the ID token has, or that a role before this one passes on, count too.';
  const names = new Intl.ListFormat('en').format(sent.map(({ name }) => name));
  return [
    {
      code,
      message: /session tags/i,
      what: 'the session tags are too large',
      kind: 'rejected',
      hint: ofTags.size > 0 ? ofTags.hint : inherited,
    },
    {
      code,
      what: names === '' ? 'the session is too large' : `the session is too large with its ${names}`,
      kind: 'rejected',
      hint: sent.length === 0 ? inherited : sent.map(({ hint }) => hint).join(' '),
    },
  ];
}
