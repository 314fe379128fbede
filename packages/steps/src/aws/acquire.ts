import {
  type AwsCredentials,
  assumeChainedRole,
  assumeRoleWithWebIdentity,
  type RoleRequest,
  untilPlain,
} from '@fedbridge/aws';
import type { FedbridgeError, IdToken, Outbound } from '@fedbridge/core';
import type { AwsInputs } from './inputs.ts';
import type { SessionTags } from './tags.ts';
import type { WantedRole } from './wanted.ts';

/** What all roles of a step share. */
export interface Acquisition extends Pick<RoleRequest, 'endpoint' | 'region' | 'sessionName'> {
  readonly inputs: AwsInputs;
  readonly tags: SessionTags;
  readonly idToken: () => Promise<IdToken>;
  readonly outbound: Outbound;
}

/** The credentials of a role, or of the last of a chain. @throws FedbridgeError */
export function acquire(role: WantedRole, acquisition: Acquisition): Promise<AwsCredentials> {
  const { inputs, outbound } = acquisition;
  const once = () => assume(role, acquisition);
  return inputs.specialCharactersWorkaround ? untilPlain(once, outbound) : once();
}

/** Several at once; all of them or an error. @throws FedbridgeError the first; the others are told in the log */
export async function acquireAll(
  roles: readonly WantedRole[],
  one: (role: WantedRole) => Promise<AwsCredentials>,
  outbound: Outbound,
): Promise<readonly AwsCredentials[]> {
  const ended = await Promise.allSettled(roles.map(one));
  const failures = ended.filter((end) => end.status === 'rejected').map(({ reason }) => reason as FedbridgeError);
  const [first, ...others] = failures;
  if (!first) return ended.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  for (const { message } of others) outbound.log(message);
  throw first;
}

async function assume({ path }: WantedRole, acquisition: Acquisition): Promise<AwsCredentials> {
  const { endpoint, region, sessionName, inputs, tags, idToken, outbound } = acquisition;
  const place = { endpoint, region, sessionName };
  const narrowed = {
    durationSeconds: inputs.roleDurationSeconds,
    inlinePolicy: inputs.inlineSessionPolicy,
    managedPolicies: inputs.managedSessionPolicies,
  };
  const [first, ...chain] = path;
  // Only the last session is narrowed: the ones before it must still assume the next.
  const own = chain.length === 0 ? narrowed : {};
  let credentials = await assumeRoleWithWebIdentity({ ...place, role: first, ...own }, idToken, outbound);
  for (const [index, role] of chain.entries()) {
    const request = {
      ...place,
      role,
      ...(index === chain.length - 1 ? narrowed : {}),
      externalId: inputs.roleExternalId,
      // Tags that go on by themselves must not be set again.
      tags: index === 0 ? tags.tags : tags.tags.filter(({ key }) => !tags.transitive.includes(key)),
      transitiveTagKeys: index === 0 ? tags.transitive : [],
    };
    credentials = await assumeChainedRole(request, credentials, outbound);
  }
  return credentials;
}
