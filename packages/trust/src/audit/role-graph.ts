import { matchesPattern } from '@fedbridge/core/pattern';
import { evaluateTrustPolicy } from '../evaluate.ts';
import { concerns } from '../lint-provider.ts';
import { MalformedPolicyError, parseTrustPolicy, type TrustPolicy } from '../policy.ts';
import { type Access, type Named, type Power, widest } from './access.ts';

/** A role of an export, by what its policies say, and by whom it may be taken. */
export interface KnownRole {
  readonly arn: string;
  /** What its policies give by themselves. */
  readonly access: Access;
  /** What they say of roles and policies by name, each within its permissions boundary. */
  readonly named: readonly Named[];
  /** Whether something may be made that acts as a role that is handed to it. */
  readonly makesActors: boolean;
  /** ARNs of the policies that are attached to it. */
  readonly attached: readonly string[];
  /** Patterns of the roles that it may assume where they name it; a permissions boundary leaves some, or none. */
  readonly mayAssume: readonly string[];
  /** Its trust policy, read when it is asked for; undefined where it cannot be. */
  readonly trust: () => object | undefined;
}

/** Of all roles together: in the largest exports each may take a hundred others. */
const mostSteps = 5_000_000;

/**
 * What roles allow beside their own policies, by the roles that they can become: one that may be assumed and trusts them, one that may be
 * handed to what acts as it, one whose trust they may write. Whoever may write the policies of one of these, or of itself, has whatever there
 * is. Conditions are taken to hold. Of roles that are in no file nothing is known here.
 *
 * @param most - steps for all of them together; a role for which none is left is unknown
 */
export function accessByRole(roles: readonly KnownRole[], most: number = mostSteps): ReadonlyMap<string, Access> {
  const graph = new RoleGraph(roles, most);
  return new Map(roles.map((role) => [role.arn, graph.accessOf(role)] as const));
}

class RoleGraph {
  /** By name. */
  readonly #roles: readonly KnownRole[];
  /** Of one that several files have, each copy: whoever has one has them all. */
  readonly #byArn = new Map<string, KnownRole[]>();
  readonly #matching = new Map<string, readonly KnownRole[]>();
  readonly #next = new Map<KnownRole, readonly KnownRole[]>();
  readonly #trusts = new Map<KnownRole, Trust>();
  /** By the ARN of a role those of its account whose trust policies name it. */
  readonly #naming = new Map<string, KnownRole[]>();
  #left: number;

  constructor(roles: readonly KnownRole[], most: number) {
    this.#roles = [...roles].sort((one, other) => (nameIn(one.arn) < nameIn(other.arn) ? -1 : 1));
    this.#left = most;
    for (const role of roles) {
      const copies = this.#byArn.get(role.arn) ?? [];
      copies.push(role);
      this.#byArn.set(role.arn, copies);
      for (const arn of this.#trustOf(role).names) {
        const naming = this.#naming.get(arn) ?? [];
        naming.push(role);
        this.#naming.set(arn, naming);
      }
    }
  }

  accessOf(role: KnownRole): Access {
    const copies = this.#byArn.get(role.arn) ?? [];
    const isAlone = copies.length === 1 && role.named.length === 0 && !this.#isNamed(role);
    if (role.access === 'admin' || isAlone) return role.access;
    const become = new Set(copies);
    for (const one of become) {
      if (one.access === 'admin') return 'admin';
      for (const other of this.#nextOf(one)) become.add(other);
      if (this.#left <= 0) return widest(['unknown', ...[...become].map(({ access }) => access)]);
    }
    const all = [...become];
    const writers = all.filter(({ named }) => named.some(({ power }) => power === 'policies' || power === 'versions'));
    this.#left -= writers.length * all.length;
    if (this.#left <= 0) return widest(['unknown', ...all.map(({ access }) => access)]);
    const isRewritten = writers.some((writer) => all.some((one) => writes(writer, one)));
    return isRewritten ? 'admin' : widest(all.map(({ access }) => access));
  }

  /** Whether a role may be named by another's trust policy. */
  readonly #isNamed = ({ arn }: KnownRole) => this.#naming.has(arn) || this.#naming.has('*');

  #nextOf(role: KnownRole): readonly KnownRole[] {
    const known = this.#next.get(role);
    this.#left -= 1 + (known?.length ?? 0);
    if (known) return known;
    const passed = role.makesActors ? this.#of(role, 'pass').filter((one) => this.#trustOf(one).isOfService) : [];
    // Source: pathfinding.cloud, sts-001: who is named by a role of its account needs no permission to assume it.
    const naming = [role.arn, '*']
      .flatMap((named) => this.#naming.get(named) ?? [])
      .filter(({ arn }) => isOfOne(arn, role.arn) && role.mayAssume.some((pattern) => matchesPattern(arn, pattern)));
    const trusting = [...this.#of(role, 'assume'), ...naming].filter((one) => this.#trustOf(one).allows(role.arn));
    const retrusted = this.#of(role, 'trust').filter(({ arn }) => isOfOne(arn, role.arn));
    const next = [...passed.filter(({ arn }) => isOfOne(arn, role.arn)), ...trusting, ...retrusted];
    this.#next.set(role, next);
    return next;
  }

  #of({ named }: KnownRole, power: Power): readonly KnownRole[] {
    return named
      .filter((one) => one.power === power)
      .flatMap(({ resources, within }) =>
        resources
          .flatMap((pattern) => this.#rolesBy(pattern))
          .filter(({ arn }) => within === undefined || within.some((pattern) => matchesPattern(arn, pattern))),
      );
  }

  #rolesBy(pattern: string): readonly KnownRole[] {
    if (!/[*?]/.test(pattern)) return this.#byArn.get(pattern) ?? [];
    const known = this.#matching.get(pattern);
    const likely = known ?? this.#beginningAs(pattern);
    this.#left -= likely.length;
    if (known || this.#left <= 0) return known ?? [];
    const found = likely.filter(({ arn }) => matchesPattern(arn, pattern));
    this.#matching.set(pattern, found);
    return found;
  }

  /** Roles whose name begins as a pattern does before its first wildcard, whatever their account. */
  #beginningAs(pattern: string): readonly KnownRole[] {
    const [start = ''] = nameIn(pattern).split(/[*?]/);
    const first = this.#indexOf(start);
    // No name has this letter, which comes after all others.
    return this.#roles.slice(first, this.#indexOf(`${start}\u{10ffff}`));
  }

  /** The first role whose name is not before a text. */
  #indexOf(text: string): number {
    let [from, to] = [0, this.#roles.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (nameIn(this.#roles[middle]?.arn ?? '') < text) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #trustOf(role: KnownRole): Trust {
    const known = this.#trusts.get(role) ?? trustOf(role.trust());
    this.#trusts.set(role, known);
    return known;
  }
}

/** Whether a role may write what another's policies say, or itself's. */
function writes({ arn: own, named }: KnownRole, { arn, attached }: KnownRole): boolean {
  if (!isOfOne(own, arn)) return false;
  return named.some(({ power, resources, within }) => {
    const targets = power === 'policies' ? [arn] : power === 'versions' ? attached : [];
    return targets.some(
      (target) =>
        isOfOne(own, target) &&
        [resources, within ?? ['*']].every((all) => all.some((pattern) => matchesPattern(target, pattern))),
    );
  });
}

/** What stands behind the fifth colon of an ARN; empty where a pattern spans that. */
const nameIn = (arn: string) => arn.split(':').slice(5).join(':');

/** IAM writes and hands over what is of the same account. */
const isOfOne = (one: string, other: string) => one.split(':')[4] === other.split(':')[4];

/** Who may take a role. */
interface Trust {
  /** Whether a service of AWS may. */
  readonly isOfService: boolean;
  /** Roles that it names; `*` for all, of which none of its account needs a permission either. */
  readonly names: readonly string[];
  /** Whether a role may, by its ARN. */
  readonly allows: (arn: string) => boolean;
}

function trustOf(document: object | undefined): Trust {
  try {
    const policy = withKnownConditions(parseTrustPolicy(document));
    const isOfService = policy.statements.some(
      (one) => one.effect === 'Allow' && one.services.length > 0 && concerns(one, 'sts:assumerole'),
    );
    const names = policy.statements.flatMap(({ effect, aws, notPrincipal }) =>
      effect === 'Allow' && !notPrincipal ? aws.filter((one) => one === '*' || one.includes(':role/')) : [],
    );
    return { isOfService, names: [...new Set(names)], allows: (arn) => isTrusted(arn, policy) };
  } catch (error) {
    if (!(error instanceof MalformedPolicyError)) throw error;
    return { isOfService: false, names: [], allows: () => false };
  }
}

function isTrusted(role: string, policy: TrustPolicy): boolean {
  const account = role.split(':')[4] ?? '';
  const context = { 'aws:PrincipalArn': role, 'aws:PrincipalAccount': account, 'aws:PrincipalType': 'AssumedRole' };
  return evaluateTrustPolicy(policy, { principal: { role, account }, action: 'sts:AssumeRole', context }).allowed;
}

/** What is not known of a request is taken to be what allows it. */
function withKnownConditions({ version, statements }: TrustPolicy): TrustPolicy {
  const isKnown = ({ key }: { readonly key: string }) => /^aws:principal(arn|account|type)$/i.test(key);
  return {
    version,
    statements: statements
      .filter(({ effect, conditions }) => effect === 'Allow' || conditions.every(isKnown))
      .map((one) => ({ ...one, conditions: one.conditions.filter(isKnown) })),
  };
}
