import { textOfJson } from '../json-text.ts';
import { policyDocument } from '../read/policy-document.ts';
import { DocumentError, type Members, membersOf, type Source, textOf } from '../read/trust-document.ts';
import { type Access, accessOf, deniesAll, type Given, givenBy, type Named, narrowest } from './access.ts';
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
  const managed = new Map(
    sources.flatMap((source) =>
      listOf(source, 'Policies').flatMap((one) => {
        const version = list(one.PolicyVersionList).find(({ IsDefaultVersion: isDefault }) => isDefault === true);
        return version ? [[textOf(one.Arn), policyOf(version.Document)] as const] : [];
      }),
    ),
  );
  const policies = new Policies(managed);
  const roles = sources.flatMap((source) =>
    listOf(source, 'RoleDetailList')
      .filter((role) => 'RolePolicyList' in role || 'AttachedManagedPolicies' in role)
      .map((role) => policies.ofRole(role)),
  );
  const access = accessByRole(roles);
  return new Map(
    roles.map(({ arn, missing, access: own }) => [arn, { access: access.get(arn) ?? own, missing }] as const),
  );
}

/** Of policies that many roles have each is read once. */
class Policies {
  readonly #managed: ReadonlyMap<string, object | undefined>;
  readonly #known = new Map<string, Allowed>();

  constructor(managed: ReadonlyMap<string, object | undefined>) {
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
    const found = typeof limit === 'string' ? this.#attached(limit) : undefined;
    const most = found?.access === 'unknown' ? undefined : found;
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

  #attached(arn: string): Allowed {
    const known = this.#known.get(arn);
    if (known) return known;
    const found = this.#managed.has(arn)
      ? allowedBy(this.#managed.get(arn))
      : administrators.test(arn)
        ? ({ ...notThere, access: 'admin' } as const)
        : notThere;
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

const notThere: Allowed = { access: 'unknown', passesRoles: false, makesActors: false, named: [], isDenial: false };

const everyRole: readonly Named[] = [{ power: 'assume', resources: ['*'] }];

/** What a permissions boundary leaves. */
function limited(named: readonly Named[], most: readonly Named[]): readonly Named[] {
  return named.flatMap((one) => {
    const within = most.filter(({ power }) => power === one.power).flatMap(({ resources }) => resources);
    return within.length === 0 ? [] : { ...one, within };
  });
}

/** Of AWS's own policies those that give all there is. Source: AWS Managed Policy Reference Guide. */
const administrators = /^arn:aws[\w-]*:iam::aws:policy\/(AdministratorAccess|IAMFullAccess)$/;

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
