import { longestChainedSession, type Region, type RoleArn } from '@fedbridge/aws';
import type { ProfileName } from '@fedbridge/aws/profiles';
import { FedbridgeError } from '@fedbridge/core';
import type { Host } from '@fedbridge/step';
import { roleAndRegion } from './connection.ts';
import { ownProfile } from './delivery-plan.ts';
import type { AwsInputs } from './inputs.ts';

/** A role that credentials are wanted of. */
export interface WantedRole {
  /** Its name in `roles`; undefined for the role to assume. */
  readonly name: ProfileName | undefined;
  /** The roles in the order they are assumed. */
  readonly path: readonly [RoleArn, ...RoleArn[]];
}

/**
 * What the inputs ask for, if nothing is wrong with it whatever AWS would say.
 *
 * @param startsChained - whether AWS credentials assume the first role already
 *
 * @throws FedbridgeError `INPUT_MISSING`, `INPUT_INVALID`
 */
export function wantedRoles(
  host: Host,
  inputs: AwsInputs,
  startsChained: boolean,
): { readonly wanted: WantedRole[]; readonly region: Region } {
  const { role, region } = roleAndRegion(host, inputs);
  const chain = inputs.roleChain ?? [];
  const main = role ? [{ name: undefined, path: [role, ...chain] as const }] : [];
  const named = (inputs.roles ?? []).map(({ name, role: one }) => ({ name, path: [one] as const }));
  const refuse = (input: string, why: string, hint?: string) =>
    new FedbridgeError('INPUT_INVALID', `Input "${host.inputName(input)}" ${why}.`, { hint });

  if (!role) {
    for (const input of ['roleChain', 'awsProfile', 'useExistingCredentials'] as const) {
      if (inputs[input]) throw refuse(input, `needs "${host.inputName('roleToAssume')}"`);
    }
  }
  if (chain.length === 0 && !startsChained) {
    for (const input of ['roleExternalId', 'customTags', 'transitiveTagKeys'] as const) {
      if (inputs[input] === undefined) continue;
      const why = 'AWS takes it for a role that another role assumes alone';
      throw refuse(input, `needs "${host.inputName('roleChain')}": ${why}`);
    }
  } else if ((inputs.roleDurationSeconds ?? 0) > longestChainedSession) {
    const most = `AWS gives a chained role ${longestChainedSession} seconds at most`;
    throw refuse('roleDurationSeconds', `is ${inputs.roleDurationSeconds}, and ${most}`);
  }
  if (main.length > 0 && inputs.useExistingCredentials) {
    for (const input of unknownOfExisting) {
      if (inputs[input] === undefined) continue;
      const why = 'nobody can tell it of credentials that are there already';
      throw refuse(input, `excludes "${host.inputName('useExistingCredentials')}": ${why}`);
    }
  }
  if (named.some(({ name }) => name === inputs.awsProfile)) {
    throw refuse('roles', `names "${inputs.awsProfile}", which "${host.inputName('awsProfile')}" does as well`);
  }
  if (main.length > 0 && inputs.awsProfile === undefined && named.some(({ name }) => name === ownProfile)) {
    throw refuse('roles', `names "${ownProfile}", which the role to assume is called`);
  }
  for (const { name, path } of [...main, ...named]) {
    for (const [index, { partition }] of path.entries()) {
      if (partition === region.partition.name) continue;
      throw refuse(
        inputOf(name, index),
        `is in partition ${partition}, and ${region.name} is in ${region.partition.name}`,
        'Name a region of the partition that the role is in.',
      );
    }
    const accountId = path.at(-1)?.accountId ?? '';
    if (inputs.allowedAccountIds?.has(accountId) !== false) continue;
    const list = host.inputName('allowedAccountIds');
    throw refuse(inputOf(name, path.length - 1), `is in account ${accountId}, which "${list}" does not list`);
  }
  return { wanted: [...main, ...named], region };
}

/** What a session was begun with, and does not say. */
const unknownOfExisting = [
  'inlineSessionPolicy',
  'managedSessionPolicies',
  'roleDurationSeconds',
  'customTags',
  'transitiveTagKeys',
] as const;

function inputOf(name: ProfileName | undefined, index: number): string {
  if (name !== undefined) return 'roles';
  return index === 0 ? 'roleToAssume' : 'roleChain';
}
