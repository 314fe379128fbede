import type { Outbound } from '@fedbridge/core';
import type { AdmittedIdToken, NoIdTokenNeeded } from '@fedbridge/identity';
import { type AdmittedCredentials, admit } from './admit.ts';
import { assumeRoleWithWebIdentity } from './assume-role.ts';
import { assumeChainedRole } from './chain.ts';
import type { AwsCredentials, Caller } from './credentials.ts';
import type { OwnCredentials } from './own-credentials.ts';
import { untilPlain } from './plain-secret.ts';
import type { RolePathRequest } from './role-request.ts';

/** What the first role is assumed with: an ID token, or AWS credentials that the job or its machine has. */
export type RolePathStart =
  | (() => Promise<AdmittedIdToken>)
  | { readonly own: OwnCredentials; readonly pass: NoIdTokenNeeded };

/**
 * The credentials of the last role of a path.
 *
 * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `UNAVAILABLE`, `ANSWER_MALFORMED`, `HTTP_*`, `ID_TOKEN_*`
 */
export async function assumeRolePath(
  request: RolePathRequest,
  start: RolePathStart,
  outbound: Outbound,
): Promise<AdmittedCredentials> {
  const once = () => assume(request, start, outbound);
  const credentials = await (request.plainSecret ? untilPlain(once, outbound) : once());
  return admit(credentials, request, outbound.system.now());
}

async function assume(request: RolePathRequest, start: RolePathStart, outbound: Outbound): Promise<AwsCredentials> {
  const [first, ...chain] = request.path;
  const [next, ...others] = chain;
  if (typeof start !== 'function') {
    const { callerOf } = await import('./own-credentials.ts');
    return assumeChain(request, request.path, await callerOf(start.own, outbound), outbound);
  }
  const web = { ...placeOf(request), role: first, ...(next ? {} : narrowingOf(request)) };
  const credentials = await assumeRoleWithWebIdentity(web, start, outbound);
  return next ? assumeChain(request, [next, ...others], credentials, outbound) : credentials;
}

/** Roles that AWS credentials assume, one after another. */
async function assumeChain(
  request: RolePathRequest,
  [first, ...chain]: RolePathRequest['path'],
  caller: Caller,
  outbound: Outbound,
): Promise<AwsCredentials> {
  const { externalId, tags, transitiveTagKeys } = request;
  // Only the last session is narrowed: the ones before it must still assume the next.
  const narrowed = (isLast: boolean) => (isLast ? narrowingOf(request) : {});
  const begin = {
    ...placeOf(request),
    role: first,
    ...narrowed(chain.length === 0),
    externalId,
    tags,
    transitiveTagKeys,
  };
  let credentials = await assumeChainedRole(begin, caller, outbound);
  for (const [index, role] of chain.entries()) {
    const chained = {
      ...placeOf(request),
      role,
      ...narrowed(index === chain.length - 1),
      externalId,
      // Tags that go on by themselves must not be set again.
      tags: tags.filter(({ key }) => !transitiveTagKeys.includes(key)),
      transitiveTagKeys: [],
    };
    credentials = await assumeChainedRole(chained, credentials, outbound);
  }
  return credentials;
}

function placeOf({ endpoint, region, sessionName }: RolePathRequest) {
  return { endpoint, region, sessionName };
}

function narrowingOf({ durationSeconds, inlinePolicy, managedPolicies }: RolePathRequest) {
  return { durationSeconds, inlinePolicy, managedPolicies };
}
