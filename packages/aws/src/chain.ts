import { type Endpoint, FedbridgeError, type Outbound, retry } from '@fedbridge/core';
import type { AwsCredentials, Caller } from './credentials.ts';
import type { RoleArn } from './role-arn.ts';
import type { SessionName } from './session-name.ts';
import type { SessionPolicy } from './session-policy.ts';
import type { SessionTag } from './session-tags.ts';

/** AWS's own limit on a session that a role session began, in seconds. */
export const longestChainedSession = 3_600;

/** A role that is assumed with the credentials of another. */
export interface ChainedRoleRequest {
  readonly endpoint: Endpoint;
  readonly region: string;
  readonly role: RoleArn;
  readonly sessionName: SessionName;
  /** Seconds, 900 to 3,600. */
  readonly durationSeconds?: number | undefined;
  readonly inlinePolicy?: SessionPolicy | undefined;
  readonly managedPolicies?: readonly string[] | undefined;
  readonly externalId?: string | undefined;
  readonly tags: readonly SessionTag[];
  /** Keys of tags that go on to the next role of the chain. */
  readonly transitiveTagKeys: readonly string[];
}

/**
 * Assumes a role with the credentials of the role before it.
 * Source: AWS STS API Reference, AssumeRole; IAM User Guide, "Role chaining".
 *
 * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `UNAVAILABLE`, `ANSWER_MALFORMED`, `HTTP_*`
 */
export async function assumeChainedRole(
  request: ChainedRoleRequest,
  caller: Caller,
  outbound: Outbound,
): Promise<AwsCredentials> {
  return retry(outbound, async () => {
    const { Sts } = await import('./sts.ts');
    if (caller.expiresAt !== undefined && caller.expiresAt <= outbound.system.now()) {
      throw new FedbridgeError(
        'EXCHANGE_REJECTED',
        `The credentials of ${caller.title} expired in the middle of the chain.`,
      );
    }
    return new Sts(request.endpoint, request.region, outbound, caller.reveal()).assumeRole(request, caller);
  });
}
