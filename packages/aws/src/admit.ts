import { FedbridgeError } from '@fedbridge/core';
import type { AwsCredentials } from './credentials.ts';
import type { RolePathRequest } from './role-request.ts';
import { isSessionOf } from './session-arn.ts';

declare const admitted: unique symbol;

/** Credentials that are what was asked for, however they were acquired. Deliveries take no other. */
export type AdmittedCredentials = AwsCredentials & { readonly [admitted]: 'AWS credentials' };

/** STS's own limit on a session, in ms, and how far the clocks may be apart: as far as for a signature. */
const longestSession = 43_200_000;
const clockTolerance = 900_000;

/**
 * The gate that credentials pass before they are delivered: role, account and expiry are those that were asked for, and a session that
 * was to be narrowed is one that this process has begun.
 *
 * @param now - ms since 1970-01-01 UTC
 * @throws FedbridgeError `EXCHANGE_REJECTED`
 */
export function admit(credentials: AwsCredentials, request: RolePathRequest, now: number): AdmittedCredentials {
  const { expiresAt, role } = credentials;
  const { durationSeconds, allowedAccountIds } = request;
  const wanted = request.path.at(-1) ?? request.path[0];
  const refuse = (what: string) =>
    new FedbridgeError('EXCHANGE_REJECTED', `The credentials of ${wanted.arn} ${what}.`, {
      answer: role.arn,
      breaksGuard: true,
      hint: 'They were not delivered. See which service answers at the STS endpoint, and the clock of this machine.',
    });
  if (!isSessionOf(role.arn, wanted, undefined)) throw refuse(`are those of ${role.arn}`);
  if (allowedAccountIds?.includes(role.accountId) === false) throw refuse('are of an account that is not allowed');
  if (expiresAt === undefined) {
    if (isNarrowed(request)) throw refuse('were there before, and nobody knows what they were narrowed to');
  } else {
    const longest = durationSeconds === undefined ? longestSession : durationSeconds * 1000;
    if (expiresAt <= now) throw refuse(`expired at ${new Date(expiresAt).toISOString()}`);
    if (expiresAt > now + longest + clockTolerance) throw refuse('are valid for longer than was asked for');
  }
  return credentials as AdmittedCredentials;
}

/** Whether a session is asked for that may do less than its role, or for less time. */
function isNarrowed({ durationSeconds, inlinePolicy, managedPolicies }: RolePathRequest): boolean {
  return durationSeconds !== undefined || inlinePolicy !== undefined || managedPolicies !== undefined;
}
