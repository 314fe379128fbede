import { textOfJson } from '../json-text.ts';
import { policyDocument } from '../read/policy-document.ts';
import { DocumentError, type Members, membersOf, type Source, textOf } from '../read/trust-document.ts';
import { type Access, accessOf, deniesAll, type Given, givenBy, narrowest } from './access.ts';

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
  return new Map(
    sources.flatMap((source) =>
      listOf(source, 'RoleDetailList')
        .filter((role) => 'RolePolicyList' in role || 'AttachedManagedPolicies' in role)
        .map((role) => [textOf(role.Arn), policies.ofRole(role)] as const),
    ),
  );
}

/** Of policies that many roles have each is read once. */
class Policies {
  readonly #managed: ReadonlyMap<string, object | undefined>;
  readonly #known = new Map<string, Allowed>();

  constructor(managed: ReadonlyMap<string, object | undefined>) {
    this.#managed = managed;
  }

  ofRole({
    RolePolicyList: inline,
    AttachedManagedPolicies: attached,
    PermissionsBoundary: boundary,
  }: Members): Permissions {
    const arns = list(attached).map(({ PolicyArn: arn }) => textOf(arn));
    const all = [
      ...list(inline).map((one) => this.#inline(one.PolicyDocument)),
      ...arns.map((arn) => this.#attached(arn)),
    ];
    const access = all.some(({ isDenial }) => isDenial) ? 'nothing' : accessOf(all);
    const limit = membersOf(boundary)?.PermissionsBoundaryArn;
    const most = typeof limit === 'string' ? this.#attached(limit) : undefined;
    const isLimited = most !== undefined && most.access !== 'unknown';
    return {
      access: isLimited ? narrowest(access, accessOf([most])) : access,
      missing: arns.filter((arn) => this.#attached(arn) === notThere),
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

const notThere: Allowed = { access: 'unknown', passesRoles: false, makesActors: false, isDenial: false };

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
