import type { Outbound } from '@fedbridge/core';
import type { AdmittedIdToken } from '@fedbridge/identity';
import { type AdmittedCredentials, admit } from './admit.ts';
import { assumeRoleWithWebIdentity, type RoleRequest } from './assume-role.ts';
import { assumeChainedRole } from './chain.ts';
import type { AwsCredentials } from './credentials.ts';
import { untilPlain } from './plain-secret.ts';
import type { RoleArn } from './role-arn.ts';
import type { SessionTag } from './session-tags.ts';

/** Roles to assume one after another, the first with an ID token. */
export interface RolePathRequest extends Omit<RoleRequest, 'role'> {
  /** In the order they are assumed; the last is the one that credentials are wanted of. */
  readonly path: readonly [RoleArn, ...RoleArn[]];
  /** For the roles after the first, as are the tags. */
  readonly externalId?: string | undefined;
  readonly tags: readonly SessionTag[];
  /** Keys of tags that go on along the path. */
  readonly transitiveTagKeys: readonly string[];
  /** Accounts whose credentials may be delivered; undefined for any. */
  readonly allowedAccountIds?: readonly string[] | undefined;
  /** Whether the secret access key must have letters and digits alone. */
  readonly plainSecret: boolean;
}

/**
 * The credentials of the last role of a path.
 *
 * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `UNAVAILABLE`, `ANSWER_MALFORMED`, `HTTP_*`, `ID_TOKEN_*`
 */
export async function assumeRolePath(
  request: RolePathRequest,
  idToken: () => Promise<AdmittedIdToken>,
  outbound: Outbound,
): Promise<AdmittedCredentials> {
  const once = () => assume(request, idToken, outbound);
  const credentials = await (request.plainSecret ? untilPlain(once, outbound) : once());
  return admit(credentials, request, outbound.system.now());
}

async function assume(
  request: RolePathRequest,
  idToken: () => Promise<AdmittedIdToken>,
  outbound: Outbound,
): Promise<AwsCredentials> {
  const { endpoint, region, sessionName, durationSeconds, inlinePolicy, managedPolicies } = request;
  const place = { endpoint, region, sessionName };
  // Only the last session is narrowed: the ones before it must still assume the next.
  const narrowed = (isLast: boolean) => (isLast ? { durationSeconds, inlinePolicy, managedPolicies } : {});
  const [first, ...chain] = request.path;
  const web = { ...place, role: first, ...narrowed(chain.length === 0) };
  let credentials = await assumeRoleWithWebIdentity(web, idToken, outbound);
  for (const [index, role] of chain.entries()) {
    const { externalId, tags, transitiveTagKeys } = request;
    const chained = {
      ...place,
      role,
      ...narrowed(index === chain.length - 1),
      externalId,
      // Tags that go on by themselves must not be set again.
      tags: index === 0 ? tags : tags.filter(({ key }) => !transitiveTagKeys.includes(key)),
      transitiveTagKeys: index === 0 ? transitiveTagKeys : [],
    };
    credentials = await assumeChainedRole(chained, credentials, outbound);
  }
  return credentials;
}
