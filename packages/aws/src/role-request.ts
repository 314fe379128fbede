import type { Endpoint } from '@fedbridge/core';
import type { RoleArn } from './role-arn.ts';
import type { SessionName } from './session-name.ts';
import type { SessionPolicy } from './session-policy.ts';
import type { SessionTag } from './session-tags.ts';

/** What STS is asked for the session of a role, whoever assumes it. Undefined is what STS does by itself. */
export interface RoleRequest {
  readonly endpoint: Endpoint;
  readonly region: string;
  readonly role: RoleArn;
  readonly sessionName: SessionName;
  /** Seconds, 900 to the role's own maximum, or to 3,600 in a chain; STS's default is 3,600. */
  readonly durationSeconds?: number | undefined;
  /** Narrows the session to what this policy and the role's own both allow. */
  readonly inlinePolicy?: SessionPolicy | undefined;
  /** ARNs of managed policies that narrow the session likewise. */
  readonly managedPolicies?: readonly string[] | undefined;
  /** With an ID token STS takes neither this nor tags. */
  readonly externalId?: string | undefined;
  readonly tags?: readonly SessionTag[] | undefined;
  /** Keys of tags that go on to the next role of the chain. */
  readonly transitiveTagKeys?: readonly string[] | undefined;
}

/** Roles to assume one after another, and what is asked for those of their sessions that can be asked for it. */
export interface RolePathRequest extends Omit<RoleRequest, 'role'> {
  /** In the order they are assumed; the last is the one that credentials are wanted of. */
  readonly path: readonly [RoleArn, ...RoleArn[]];
  /** Accounts whose credentials may be delivered; undefined for any. */
  readonly allowedAccountIds?: readonly string[] | undefined;
  /** Whether the secret access key must have letters and digits alone. */
  readonly plainSecret: boolean;
}
