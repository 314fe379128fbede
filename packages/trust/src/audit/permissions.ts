import { matchesPattern } from '@fedbridge/core/pattern';
import { textOfJson } from '../json-text.ts';
import { policyDocument } from '../read/policy-document.ts';
import { DocumentError, type Members, membersOf, type Source, textOf } from '../read/trust-document.ts';
import {
  type Access,
  accessOf,
  deniesAll,
  type Given,
  givenBy,
  type Named,
  narrowest,
  type Power,
  widest,
} from './access.ts';
import { accessByRole, type KnownRole } from './role-graph.ts';

/** What the policies of a role allow. */
export interface Permissions {
  readonly access: Access;
  /** ARNs of attached policies that are in no file: of what they allow nothing is known. */
  readonly missing: readonly string[];
}

/**
 * What the policies of each role allow, by its ARN, as far as `aws iam get-account-authorization-details` tells: inline and attached ones
 * and the permissions boundary. Roles without policies beside them, those of `list-roles` for example, are not there.
 * Source: IAM API Reference, GetAccountAuthorizationDetails, RoleDetail and ManagedPolicyDetail.
 */
export function permissionsIn(sources: readonly Source[]): ReadonlyMap<string, Permissions> {
  const managed = new Map<string, (object | undefined)[]>();
  for (const one of sources.flatMap((source) => listOf(source, 'Policies'))) {
    const version = list(one.PolicyVersionList).find(({ IsDefaultVersion: isDefault }) => isDefault === true);
    const arn = textOf(one.Arn);
    if (version) managed.set(arn, [...(managed.get(arn) ?? []), policyOf(version.Document)]);
  }
  const policies = new Policies(managed);
  const roles = sources.flatMap((source) =>
    listOf(source, 'RoleDetailList')
      .filter((role) => 'RolePolicyList' in role || 'AttachedManagedPolicies' in role)
      .map((role) => policies.ofRole(role)),
  );
  const access = accessByRole(roles);
  const missing = new Map<string, Set<string>>();
  for (const { arn, missing: own } of roles) missing.set(arn, new Set([...(missing.get(arn) ?? []), ...own]));
  return new Map(
    roles.map(({ arn, access: own }) => [
      arn,
      { access: access.get(arn) ?? own, missing: [...(missing.get(arn) ?? [])] },
    ]),
  );
}

/** Of policies that many roles have each is read once. */
class Policies {
  /** By ARN, once for each file that has it: what it allows in any of them counts. */
  readonly #managed: ReadonlyMap<string, readonly (object | undefined)[]>;
  readonly #known = new Map<string, Allowed>();

  constructor(managed: ReadonlyMap<string, readonly (object | undefined)[]>) {
    this.#managed = managed;
  }

  ofRole(role: Members): KnownRole & Permissions {
    const { RolePolicyList: inline, AttachedManagedPolicies: attached, PermissionsBoundary: boundary } = role;
    const arns = list(attached).map(({ PolicyArn: arn }) => textOf(arn));
    const all = [
      ...list(inline).map((one) => this.#inline(one.PolicyDocument)),
      ...arns.map((arn) => this.#attached(arn)),
    ];
    const isDenied = all.some(({ isDenial }) => isDenial);
    const limit = membersOf(boundary)?.PermissionsBoundaryArn;
    const most = typeof limit === 'string' ? this.#boundary(limit, textOf(role.Arn), all) : undefined;
    const access = isDenied ? 'nothing' : accessOf(all);
    return {
      arn: textOf(role.Arn),
      access: most ? narrowest(access, accessOf([most])) : access,
      missing: arns.filter((arn) => this.#attached(arn) === notThere),
      named: isDenied ? [] : all.flatMap(({ named }) => (most ? limited(named, most.named) : named)),
      makesActors: all.some(({ makesActors }) => makesActors) && most?.makesActors !== false,
      attached: arns,
      mayAssume: isDenied
        ? []
        : (most?.named ?? everyRole).flatMap((one) => (one.power === 'assume' ? one.resources : [])),
      trust: () => policyOf(role.AssumeRolePolicyDocument),
    };
  }

  /** What a permissions boundary leaves; undefined where that is not known, or where the role may take it away or write it anew. */
  #boundary(limit: string, role: string, all: readonly Allowed[]): Allowed | undefined {
    const found = this.#attached(limit);
    const may = (power: Power, target: string) =>
      all.some((one) => isAbout(one, power, target)) && isAbout(found, power, target);
    return found.access === 'unknown' || may('boundary', role) || may('versions', limit) ? undefined : found;
  }

  #attached(arn: string): Allowed {
    const known = this.#known.get(arn);
    if (known) return known;
    const action = administrators.get(nameOf(arn));
    const own = action === undefined ? [] : [{ Statement: { Effect: 'Allow', Action: action, Resource: '*' } }];
    const documents = this.#managed.get(arn) ?? own;
    const found = documents.length === 0 ? notThere : together(documents.map(allowedBy));
    this.#known.set(arn, found);
    return found;
  }

  #inline(document: unknown): Allowed {
    const text = typeof document === 'string' ? document : textOfJson(document);
    const known = text === undefined ? undefined : this.#known.get(text);
    if (known) return known;
    const found = allowedBy(policyOf(document));
    if (text !== undefined) this.#known.set(text, found);
    return found;
  }
}

interface Allowed extends Given {
  readonly isDenial: boolean;
}

/** What one of several allows: the same policy as files of different days have it. */
function together(all: readonly Allowed[]): Allowed {
  const [first = notThere, ...others] = all;
  if (others.length === 0) return first;
  return {
    access: widest(all.map(({ access }) => access)),
    passesRoles: all.some(({ passesRoles }) => passesRoles),
    makesActors: all.some(({ makesActors }) => makesActors),
    named: all.flatMap(({ named }) => named),
    isDenial: all.every(({ isDenial }) => isDenial),
  };
}

const notThere: Allowed = { access: 'unknown', passesRoles: false, makesActors: false, named: [], isDenial: false };

/** Whether a policy gives a power over a role, or a policy, by its ARN. */
const isAbout = ({ named }: Given, power: Power, arn: string) =>
  named.some((one) => one.power === power && one.resources.some((pattern) => matchesPattern(arn, pattern)));

const everyRole: readonly Named[] = [{ power: 'assume', resources: ['*'] }];

/** What a permissions boundary leaves. */
function limited(named: readonly Named[], most: readonly Named[]): readonly Named[] {
  return named.flatMap((one) => {
    const within = most.filter(({ power }) => power === one.power).flatMap(({ resources }) => resources);
    return within.length === 0 ? [] : { ...one, within };
  });
}

/** Of AWS's own policies those that give all there is, with the actions by which they do. Source: AWS Managed Policy Reference Guide. */
const administrators: ReadonlyMap<string | undefined, string> = new Map([
  ['AdministratorAccess', '*'],
  ['IAMFullAccess', 'iam:*'],
]);

/** The name of a policy of AWS's own; undefined for another. */
const nameOf = (arn: string) => /^arn:aws[\w-]*:iam::aws:policy\/(\w+)$/.exec(arn)?.[1];

const allowedBy = (policy: object | undefined): Allowed => ({
  ...givenBy(policy),
  isDenial: deniesAll(policy),
});

/** As it is, as a text or URL-encoded; undefined where it is none of it. */
function policyOf(value: unknown): object | undefined {
  const source = { value, duplicates: [], positionOf: () => undefined };
  try {
    return policyDocument({ source, path: [], value, isTemplate: false })?.policy;
  } catch (error) {
    if (error instanceof DocumentError) return undefined;
    throw error;
  }
}

function listOf({ value }: Source, name: string): readonly Members[] {
  return list(membersOf(value)?.[name]);
}

const list = (value: unknown): readonly Members[] =>
  Array.isArray(value) ? value.map(membersOf).filter((one) => one !== undefined) : [];
