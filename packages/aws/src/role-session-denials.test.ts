import { parseEndpoint } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { parseRoleArn } from './role-arn.ts';
import type { RoleRequest } from './role-request.ts';
import { roleSessionRules } from './role-session-denials.ts';
import { parseSessionName } from './session-name.ts';
import type { SessionPolicy } from './session-policy.ts';

const request: RoleRequest = {
  endpoint: parseEndpoint('https://sts.example.com', 'x'),
  region: 'eu-south-1',
  role: parseRoleArn('arn:aws:iam::123456789012:role/deploy'),
  sessionName: parseSessionName('mine'),
};
const policy = (length: number) => 'x'.repeat(length) as SessionPolicy;

/** What is said of an error of STS: the first rule that fits. */
function said(code: string, message = '', more: Partial<RoleRequest> = {}) {
  const rules = roleSessionRules({ ...request, ...more });
  const rule = rules.find((one) => one.code === code && (one.message?.test(message) ?? true));
  return rule && [rule.kind, rule.what, rule.hint];
}

describe('what AWS says of any session', () => {
  it.each([
    ['RegionDisabled', '', 'rejected', 'Activate STS in eu-south-1 in the account settings of 123456789012'],
    ['ValidationError', 'The requested DurationSeconds exceeds', 'rejected', '{roleDurationSeconds}'],
    [
      'ValidationError',
      'the maxSessionDuration set for this role',
      'rejected',
      'arn:aws:iam::123456789012:role/deploy',
    ],
    ['MalformedPolicyDocument', '', 'rejected', '{inlineSessionPolicy}'],
    ['Throttling', '', 'unavailable', 'Fewer jobs at once'],
  ])('%s %s is %s: %s', (code, message, kind, hint) => {
    expect(said(code, message)).toEqual([kind, expect.any(String), expect.stringContaining(hint)]);
  });

  it.each([
    ['ValidationError', '1 validation error detected'],
    ['AccessDenied', ''],
  ])('%s %s is told by another', (code, message) => expect(said(code, message)).toBeUndefined());
});

describe('a session that is too large', () => {
  const tags = [{ key: 'team', value: 'core' }];
  const managedPolicies = ['arn:aws:iam::aws:policy/ReadOnlyAccess'];
  const packed = (more: Partial<RoleRequest>) =>
    said('PackedPolicyTooLarge', 'Packed size of the policy', more)?.slice(1);

  it('is so by what was sent, the largest first', () => {
    expect(packed({ tags, managedPolicies, inlinePolicy: policy(2048) })).toEqual([
      'the session is too large with its inline policy, managed policies, and tags',
      'Shorten {inlineSessionPolicy}. Name fewer {managedSessionPolicies}. Set {roleSkipSessionTagging}, which leaves the default tags ' +
        'out, or give fewer or shorter {customTags}.',
    ]);
    expect(packed({ tags, inlinePolicy: policy(9) })?.[0]).toBe(
      'the session is too large with its inline policy and tags',
    );
    expect(packed({ tags, inlinePolicy: policy(7) })?.[0]).toBe(
      'the session is too large with its tags and inline policy',
    );
  });

  it('is so by the tags of others, where nothing was sent', () => {
    expect(packed({})).toEqual(['the session is too large', expect.stringContaining('Tags that the ID token has')]);
  });

  it("by its tags alone is told apart: the user's, or those of others", () => {
    const ofTags = (more: Partial<RoleRequest>) =>
      said('PackedPolicyTooLarge', 'The session tags are too large', { inlinePolicy: policy(2048), ...more })?.slice(1);
    expect(ofTags({ tags })).toEqual([
      'the session tags are too large',
      expect.stringContaining('{roleSkipSessionTagging}'),
    ]);
    expect(ofTags({})).toEqual([
      'the session tags are too large',
      expect.stringContaining('Tags that the ID token has'),
    ]);
  });
});
