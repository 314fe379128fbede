import { FedbridgeError, type Outbound, retry } from '@fedbridge/core';
import type { AwsCredentials, Caller } from './credentials.ts';
import type { RoleRequest } from './role-request.ts';

/** AWS's own limit on a session that a role session began, in seconds. */
export const longestChainedSession = 3_600;

/**
 * Assumes a role with the credentials of the role before it.
 * Source: AWS STS API Reference, AssumeRole; IAM User Guide, "Role chaining".
 *
 * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `UNAVAILABLE`, `ANSWER_MALFORMED`, `HTTP_*`
 */
export async function assumeChainedRole(
  request: RoleRequest,
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
    const sts = new Sts(request.endpoint, request.region, outbound, caller.reveal());
    return sts.assumeRole(request, caller).catch((error: unknown) => {
      const tags = request.tags?.filter(({ isOptional }) => isOptional !== true);
      if (!isTooLarge(error) || tags?.length === request.tags?.length) throw error;
      outbound.log('AWS finds the tags of the session too large: those that it can do without are left out.');
      return sts.assumeRole({ ...request, tags }, caller);
    });
  });
}

/** What STS packs policies and tags into is its own measure, so that only it knows. */
function isTooLarge(error: unknown): boolean {
  return error instanceof FedbridgeError && /^PackedPolicyTooLarge\b/.test(error.detail.answer ?? '');
}
