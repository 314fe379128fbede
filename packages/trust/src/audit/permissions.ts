import { type Members, membersOf, type Source, textOf } from '../read/trust-document.ts';
import type { Access } from './access.ts';
import { type KnownIdentity, worthOfRoles } from './identity-graph.ts';
import { nothingTold, Policies, policyOf } from './policy-worth.ts';
import { put } from './put.ts';

/** What the policies of a role allow. */
export interface Permissions {
  readonly access: Access;
  /** ARNs of attached policies that are in no file: of what they allow nothing is known. */
  readonly missing: readonly string[];
  /** Why it is not known, sentences; empty where it is, or where it is all there is. */
  readonly unknown: readonly string[];
}

/**
 * What the policies of each role allow, by its ARN, as far as `aws iam get-account-authorization-details` tells: inline and attached ones
 * and the permissions boundary, and what can be taken over by them, users and groups too. Of roles without policies beside them, those of
 * `list-roles` for example, it is not known.
 * Source: IAM API Reference, GetAccountAuthorizationDetails, RoleDetail, UserDetail, GroupDetail and ManagedPolicyDetail.
 */
export function permissionsIn(sources: readonly Source[]): ReadonlyMap<string, Permissions> {
  const policies = new Policies(managedIn(sources));
  const groups = groupsIn(sources, policies);
  const identities = [
    ...rolesIn(sources, policies),
    ...usersIn(sources, policies, groups),
    ...[...groups.values()].flatMap((copies) => copies.map((one) => policies.identity(one))),
  ];
  const worth = worthOfRoles(identities);
  const missing = new Map<string, Set<string>>();
  for (const { arn, attached } of identities)
    missing.set(arn, new Set([...(missing.get(arn) ?? []), ...attached.filter((one) => policies.isMissing(one))]));
  return new Map(
    [...worth].map(([arn, { access, unknown }]) => [
      arn,
      { access, missing: [...(missing.get(arn) ?? [])], unknown: access === 'unknown' ? unknown : [] },
    ]),
  );
}

/** The default version of each policy, once for each file that has it. */
function managedIn(sources: readonly Source[]): ReadonlyMap<string, readonly (object | undefined)[]> {
  const managed = new Map<string, (object | undefined)[]>();
  for (const source of sources) {
    for (const { value, isDoubled } of listOf(source, 'Policies')) {
      const version = list(value.PolicyVersionList).find(({ IsDefaultVersion: isDefault }) => isDefault === true);
      // Other lists of policies, those of "list-policies" for example, have no versions: nothing is told of what they allow.
      if (version) put(managed, textOf(value.Arn), isDoubled ? undefined : policyOf(version.Document));
    }
  }
  return managed;
}

function rolesIn(sources: readonly Source[], policies: Policies): readonly KnownIdentity[] {
  const detailed = sources.flatMap((source) => listOf(source, 'RoleDetailList'));
  const known = new Set(detailed.map(({ value }) => textOf(value.Arn)));
  const listed = sources.flatMap((source) => [
    ...listOf(source, 'Roles'),
    ...[membersOf(membersOf(source.value)?.Role) ?? []].flat().map((value) => ({ value, isDoubled: false })),
  ]);
  const others = listed.filter(({ value }) => !known.has(textOf(value.Arn)));
  return [...detailed, ...others]
    .filter(({ value }) => textOf(value.Arn) !== '')
    .map(({ value: role, isDoubled }) => {
      const { policies: ofAttached, attached } = policies.attached(role);
      return policies.identity({
        arn: textOf(role.Arn),
        policies: isDoubled ? [doubled] : [...policies.inline(role, 'RolePolicyList'), ...ofAttached],
        attached,
        limit: limitOf(role),
        trust: () => (isDoubled ? undefined : policyOf(role.AssumeRolePolicyDocument)),
      });
    });
}

type Group = Parameters<Policies['identity']>[0];

/** By ARN: each copy of each group. */
function groupsIn(sources: readonly Source[], policies: Policies): ReadonlyMap<string, readonly Group[]> {
  const groups = new Map<string, Group[]>();
  for (const { value: group, isDoubled } of sources.flatMap((source) => listOf(source, 'GroupDetailList'))) {
    const { policies: ofAttached, attached } = policies.attached(group);
    const arn = textOf(group.Arn);
    const all = isDoubled ? [doubled] : [...policies.inline(group, 'GroupPolicyList'), ...ofAttached];
    put(groups, arn, { arn, policies: all, attached });
  }
  return groups;
}

function usersIn(
  sources: readonly Source[],
  policies: Policies,
  groups: ReadonlyMap<string, readonly Group[]>,
): readonly KnownIdentity[] {
  // A path is in the ARN of a group, and not in the list of a user's.
  const byName = new Map<string, Group[]>();
  for (const group of [...groups.values()].flat())
    put(byName, groupKey(group.arn, group.arn.slice(group.arn.lastIndexOf('/') + 1)), group);
  return sources
    .flatMap((source) => listOf(source, 'UserDetailList'))
    .map(({ value: user, isDoubled }) => {
      const { Arn: arn, GroupList: names } = user;
      const { policies: ofAttached, attached } = policies.attached(user);
      const mine = Array.isArray(names)
        ? names.map((name) => byName.get(groupKey(textOf(arn), textOf(name))))
        : [undefined];
      const found = mine.flatMap((copies) => copies ?? []);
      const isWhole = mine.every((copies) => copies !== undefined) && !isDoubled;
      return policies.identity({
        arn: textOf(arn),
        policies: [
          // IAM leaves the list out where it is empty, of users alone.
          ...('UserPolicyList' in user ? policies.inline(user, 'UserPolicyList') : []),
          ...ofAttached,
          ...found.flatMap((group) => group.policies),
          ...(isWhole ? [] : [nothingTold(`What the groups of ${textOf(arn)} allow is in no file.`)]),
        ],
        attached: [...attached, ...found.flatMap((group) => group.attached)],
        groups: found.map((group) => group.arn),
        limit: limitOf(user),
      });
    });
}

const groupKey = (arn: string, name: string) => `${arn.split(':')[4]} ${name.toLowerCase()}`;

const doubled = nothingTold('Members of it stand twice, of which IAM takes none.');

function limitOf({ PermissionsBoundary: boundary }: Members): string | undefined {
  const { PermissionsBoundaryArn: limit } = membersOf(boundary) ?? {};
  return typeof limit === 'string' ? limit : undefined;
}

interface Item {
  readonly value: Members;
  /** Whether members of it stand twice: of what most tools keep of it nothing is known. */
  readonly isDoubled: boolean;
}

function listOf(source: Source, name: string): readonly Item[] {
  const all = membersOf(source.value)?.[name];
  if (!Array.isArray(all)) return [];
  const doubles = new Set(source.duplicates.filter(({ path }) => path[0] === name).map(({ path }) => path[1]));
  return all.flatMap((one, index) => {
    const value = membersOf(one);
    return value ? [{ value, isDoubled: doubles.has(index) }] : [];
  });
}

const list = (value: unknown): readonly Members[] =>
  Array.isArray(value) ? value.map(membersOf).filter((one) => one !== undefined) : [];
