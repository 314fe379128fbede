import type { AdmittedCredentials, RolePathRequest } from '@fedbridge/aws';
import { defaultSessionName, type Region, regionalStsEndpoint } from '@fedbridge/aws';
import { type Endpoint, type FedbridgeError, type Outbound, parseEndpoint } from '@fedbridge/core';
import type { Host } from '@fedbridge/step';
import type { AwsInputs } from './inputs.ts';
import { sessionTags } from './tags.ts';
import type { WantedRole } from './wanted-roles.ts';

/** What STS is asked for each role. @throws FedbridgeError `INPUT_INVALID` */
export function requestsFor(
  host: Host,
  inputs: AwsInputs,
  { wanted, region }: { readonly wanted: readonly WantedRole[]; readonly region: Region },
): readonly RolePathRequest[] {
  const { tags, transitive } = sessionTags(host, inputs);
  const endpoint: Endpoint = inputs.stsEndpoint ?? parseEndpoint(regionalStsEndpoint(region), 'the STS endpoint');
  return wanted.map(({ path }) => ({
    endpoint,
    region: region.name,
    sessionName: inputs.roleSessionName ?? defaultSessionName(host.job),
    path,
    durationSeconds: inputs.roleDurationSeconds,
    inlinePolicy: inputs.inlineSessionPolicy,
    managedPolicies: inputs.managedSessionPolicies,
    externalId: inputs.roleExternalId,
    tags,
    transitiveTagKeys: transitive,
    allowedAccountIds: inputs.allowedAccountIds && [...inputs.allowedAccountIds],
    plainSecret: inputs.specialCharactersWorkaround,
  }));
}

/** Several at once; all of them or an error. @throws FedbridgeError the first; the others are in the log */
export async function acquireAll(
  acquisitions: readonly Promise<AdmittedCredentials>[],
  outbound: Outbound,
): Promise<readonly AdmittedCredentials[]> {
  const ended = await Promise.allSettled(acquisitions);
  const failures = ended.filter((end) => end.status === 'rejected').map(({ reason }) => reason as FedbridgeError);
  const [first, ...others] = failures;
  if (!first) return ended.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  for (const { message } of others) outbound.log(message);
  throw first;
}
