import { longestChainedSession, type Region, type RoleArn } from '@fedbridge/aws';
import { FedbridgeError, type Host } from '@fedbridge/core';

interface RolePathInputs {
  readonly roleToAssume: RoleArn;
  readonly roleChain: readonly RoleArn[] | undefined;
  readonly awsRegion: Region;
  readonly roleDurationSeconds: number | undefined;
  readonly roleExternalId: string | undefined;
  readonly customTags: unknown;
  readonly transitiveTagKeys: unknown;
  readonly allowedAccountIds: ReadonlySet<string> | undefined;
}

/**
 * The roles in the order they are assumed, if nothing is wrong with them whatever AWS would say.
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function rolePath(host: Host, inputs: RolePathInputs): readonly [RoleArn, ...RoleArn[]] {
  const refuse = (input: string, why: string, hint?: string) =>
    new FedbridgeError('INPUT_INVALID', `Input "${host.inputName(input)}" ${why}.`, { hint });
  const chain = inputs.roleChain ?? [];
  const path = [inputs.roleToAssume, ...chain] as const;
  const { name, partition } = inputs.awsRegion;
  for (const [index, role] of path.entries()) {
    if (role.partition === partition.name) continue;
    throw refuse(
      index === 0 ? 'roleToAssume' : 'roleChain',
      `is in partition ${role.partition}, and ${name} is in ${partition.name}`,
      'Name a region of the partition that the role is in.',
    );
  }
  const last = path.at(-1) ?? inputs.roleToAssume;
  if (inputs.allowedAccountIds && !inputs.allowedAccountIds.has(last.accountId)) {
    const input = chain.length === 0 ? 'roleToAssume' : 'roleChain';
    throw refuse(
      input,
      `is in account ${last.accountId}, which "${host.inputName('allowedAccountIds')}" does not list`,
    );
  }
  if (chain.length > 0) {
    if ((inputs.roleDurationSeconds ?? 0) <= longestChainedSession) return path;
    throw refuse(
      'roleDurationSeconds',
      `is ${inputs.roleDurationSeconds}, and AWS gives a chained role ${longestChainedSession} seconds at most`,
    );
  }
  for (const input of ['roleExternalId', 'customTags', 'transitiveTagKeys'] as const) {
    if (inputs[input] === undefined) continue;
    throw refuse(
      input,
      `needs "${host.inputName('roleChain')}": AWS takes it for a role that another role assumes alone`,
    );
  }
  return path;
}
