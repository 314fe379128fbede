import type { Outbound } from '@fedbridge/core';
import type { AdmittedIdToken, NoIdTokenNeeded } from '@fedbridge/identity';
import { type AdmittedCredentials, admit } from './admit.ts';
import { assumeRoleWithWebIdentity } from './assume-role.ts';
import { assumeChainedRole } from './chain.ts';
import type { AwsCredentials, Caller } from './credentials.ts';
import type { OwnCredentials } from './own-credentials.ts';
import { untilPlain } from './plain-secret.ts';
import type { RoleArn } from './role-arn.ts';
import type { RolePathRequest, RoleRequest } from './role-request.ts';

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
  const isByToken = typeof start === 'function';
  const [first, ...chain] = sessionsOf(request, isByToken);
  let credentials = isByToken
    ? await assumeRoleWithWebIdentity(first, start, outbound)
    : await assumeChainedRole(first, await callerOf(start.own, outbound), outbound);
  for (const session of chain) credentials = await assumeChainedRole(session, credentials, outbound);
  return credentials;
}

async function callerOf(own: OwnCredentials, outbound: Outbound): Promise<Caller> {
  const { callerOf } = await import('./own-credentials.ts');
  return callerOf(own, outbound);
}

/** What STS is asked for each role of a path. @param isByToken - whether an ID token assumes the first; AWS credentials assume the others */
function sessionsOf(request: RolePathRequest, isByToken: boolean): readonly [RoleRequest, ...RoleRequest[]] {
  const { path, tags = [], transitiveTagKeys = [] } = request;
  const firstChained = isByToken ? 1 : 0;
  // Tags that go on by themselves must not be set again.
  const passedOn = { tags: tags.filter(({ key }) => !transitiveTagKeys.includes(key)), transitiveTagKeys: [] };
  const sessionOf = (role: RoleArn, index: number): RoleRequest => ({
    ...request,
    role,
    // The sessions before the last must still assume the next.
    ...(index < path.length - 1 ? notNarrowed : {}),
    ...(index < firstChained ? notChained : {}),
    ...(index > firstChained ? passedOn : {}),
  });
  const [first, ...others] = path;
  return [sessionOf(first, 0), ...others.map((role, index) => sessionOf(role, index + 1))];
}

const notNarrowed = { durationSeconds: undefined, inlinePolicy: undefined, managedPolicies: undefined };
const notChained = { externalId: undefined, tags: undefined, transitiveTagKeys: undefined };
