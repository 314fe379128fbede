import { matchesPattern } from '@fedbridge/core/pattern';
import { type Access, type Named, type Power, widest } from './access.ts';
import { overlap } from './patterns.ts';
import { put } from './put.ts';
import { callersOf, kindOf, type RoleTrust, roleTrust } from './role-trust.ts';

/** A role, a user or a group of an export, by what its policies say; of a role also by whom it may be taken. */
export interface KnownIdentity {
  readonly arn: string;
  /** What its policies give by themselves. */
  readonly access: Access;
  /** Why that is not known in full, sentences. */
  readonly unknown: readonly string[];
  /** What they say of identities, policies and providers by name, each within its permissions boundary. */
  readonly named: readonly Named[];
  /** Whether something may be made that acts as a role that is handed to it. */
  readonly makesActors: boolean;
  /** How services begin as whose roles something acts that it may tell what to do. */
  readonly takes: readonly string[];
  /** ARNs of the policies that are attached to it, or to its groups. */
  readonly attached: readonly string[];
  /** ARNs of its groups. */
  readonly groups: readonly string[];
  /** Patterns of the roles that it may assume where they name it; a permissions boundary leaves some, or none. */
  readonly mayAssume: readonly string[];
  /** Whether everything is denied to it. */
  readonly isDenied: boolean;
  /** The trust policy of a role, read when it is asked for; undefined where it cannot be. */
  readonly trust: () => object | undefined;
}

/** What an identity is worth. */
export interface Worth {
  readonly access: Access;
  /** Where that is not known, why; sentences. */
  readonly unknown: readonly string[];
}

/** Of all roles together: in the largest exports each may take a hundred others. */
const mostSteps = 5_000_000;

/**
 * What roles allow beside their own policies, by the identities that they can become: a role that may be assumed and trusts them, one that
 * may be handed to what acts as it, or as which something acts already that does what they say, one whose trust they may write, or for whose
 * provider they may sign; a user whose keys they may make; a group to which they may add one. Whoever may write the policies of one of
 * these, or of itself, has whatever there is. Conditions are taken to hold. What is in accounts that no file tells of is unknown.
 *
 * @param most - steps for all of them together; a role for which none is left is unknown
 * @returns of roles, by their ARNs
 */
export function worthOfRoles(
  identities: readonly KnownIdentity[],
  most: number = mostSteps,
): ReadonlyMap<string, Worth> {
  const graph = new IdentityGraph(identities, most);
  return new Map(identities.filter(isRole).map((role) => [role.arn, graph.worthOf(role)] as const));
}

const isRole = ({ arn }: KnownIdentity) => kindOf(arn) === 'role';

class IdentityGraph {
  /** By name. */
  readonly #identities: readonly KnownIdentity[];
  /** Of one that several files have, each copy: whoever has one has them all. */
  readonly #byArn = new Map<string, KnownIdentity[]>();
  readonly #matching = new Map<string, readonly KnownIdentity[]>();
  readonly #next = new Map<KnownIdentity, readonly KnownIdentity[]>();
  readonly #untold = new Map<KnownIdentity, readonly string[]>();
  readonly #trusts = new Map<KnownIdentity, RoleTrust>();
  /** By who is named those whose trust policies do so. */
  readonly #naming = new Map<string, KnownIdentity[]>();
  /** Accounts and kinds of identities of which files tell: `123456789012 user`. */
  readonly #told: ReadonlySet<string>;
  #left: number;

  constructor(identities: readonly KnownIdentity[], most: number) {
    this.#identities = [...identities].sort((one, other) => (nameIn(one.arn) < nameIn(other.arn) ? -1 : 1));
    this.#told = new Set(identities.map(({ arn }) => `${accountIn(arn)} ${kindOf(arn)}`));
    this.#left = most;
    for (const one of identities) {
      put(this.#byArn, one.arn, one);
      if (isRole(one)) for (const name of this.#trustOf(one).names) put(this.#naming, name, one);
    }
  }

  worthOf(role: KnownIdentity): Worth {
    const copies = this.#byArn.get(role.arn) ?? [];
    if (role.access === 'admin' || (copies.length === 1 && this.#isAlone(role))) return role;
    const become = new Set(copies);
    for (let size = 0; size < become.size; ) {
      size = become.size;
      for (const one of become) {
        if (one.access === 'admin') return admin;
        for (const other of this.#nextOf(one)) become.add(other);
        if (this.#left <= 0) return tooMuch;
      }
      for (const other of this.#passedTogether([...become])) become.add(other);
    }
    const all = [...become];
    const untold = all.flatMap((one) => this.#untoldBy(one));
    const access = widest([...all.map((one) => one.access), ...(untold.length > 0 ? ['unknown' as const] : [])]);
    const isRewritten = this.#isRewritten(all);
    if (this.#left <= 0) return tooMuch;
    if (isRewritten) return admin;
    return { access, unknown: [...new Set([...untold, ...all.flatMap(({ unknown }) => unknown)])] };
  }

  #isAlone({ arn, named, takes }: KnownIdentity): boolean {
    const { names, sessions } = callersOf(arn);
    return named.length === 0 && takes.length === 0 && ![...names, sessions].some((name) => this.#naming.has(name));
  }

  #nextOf(one: KnownIdentity): readonly KnownIdentity[] {
    const known = this.#next.get(one);
    this.#left -= 1 + (known?.length ?? 0);
    if (known) return known;
    const own = (identities: readonly KnownIdentity[]) => identities.filter(({ arn }) => isOfOne(arn, one.arn));
    const assumed = [...this.#of(one, 'assume'), ...this.#namingOf(one)].filter(({ arn }) => kindOf(arn) === 'role');
    const next = [
      ...(one.makesActors ? this.#passedBy(one) : []),
      ...assumed.filter((role) => this.#trustOf(role).allows(one.arn)),
      ...own([...this.#of(one, 'trust'), ...this.#of(one, 'user'), ...this.#of(one, 'members')]),
      ...own(this.#takenBy(one)),
    ];
    this.#next.set(one, next);
    return next;
  }

  #passedBy(one: KnownIdentity): readonly KnownIdentity[] {
    return this.#of(one, 'pass').filter(
      (role) => isRole(role) && isOfOne(role.arn, one.arn) && this.#trustOf(role).services?.length !== 0,
    );
  }

  /** Who is a member of several groups may hand over by one what another lets it make something with. */
  #passedTogether(all: readonly KnownIdentity[]): readonly KnownIdentity[] {
    const members = all.filter((one) => !isRole(one));
    return members.some(({ makesActors }) => makesActors) ? members.flatMap((one) => this.#passedBy(one)) : [];
  }

  /**
   * Roles of its account that name it, for which it needs no permission. What a permissions boundary leaves out does not keep out a session
   * or a user that is named. Source: IAM User Guide, "Policy evaluation logic"; pathfinding.cloud, sts-001.
   */
  #namingOf({ arn, mayAssume, isDenied }: KnownIdentity): readonly KnownIdentity[] {
    if (isDenied) return [];
    const { names, sessions } = callersOf(arn);
    const ofOne = (name: string) => (this.#naming.get(name) ?? []).filter((role) => isOfOne(role.arn, arn));
    return [
      ...names.flatMap(ofOne).filter((role) => mayAssume.some((pattern) => matchesPattern(role.arn, pattern))),
      ...ofOne(sessions),
    ];
  }

  /** Roles as which something acts that does what it says, or whose provider signs what it says. */
  #takenBy(one: KnownIdentity): readonly KnownIdentity[] {
    const providers = one.named.filter(({ power }) => power === 'provider');
    if (one.takes.length === 0 && providers.length === 0) return [];
    this.#left -= this.#identities.length;
    return this.#identities.filter((role) => {
      if (!isRole(role)) return false;
      const { services, providers: trusted } = this.#trustOf(role);
      return (
        one.takes.some((start) => services === undefined || services.some((service) => service.startsWith(start))) ||
        trusted.some((arn) => (arn === '*' ? providers.length > 0 : providers.some((named) => isNamed(arn, named))))
      );
    });
  }

  #of({ named }: KnownIdentity, power: Power): readonly KnownIdentity[] {
    return named
      .filter((one) => one.power === power)
      .flatMap((one) =>
        one.resources
          .flatMap((pattern) => this.#identitiesBy(pattern))
          .filter(({ arn }) => kindOf(arn) === kindOfPower[power] && isNamed(arn, one)),
      );
  }

  #identitiesBy(pattern: string): readonly KnownIdentity[] {
    if (!/[*?]/.test(pattern)) return this.#byArn.get(pattern) ?? [];
    const known = this.#matching.get(pattern);
    const likely = known ?? this.#beginningAs(pattern);
    this.#left -= likely.length;
    if (known || this.#left <= 0) return known ?? [];
    const found = likely.filter(({ arn }) => matchesPattern(arn, pattern));
    this.#matching.set(pattern, found);
    return found;
  }

  /** Identities whose name begins as a pattern does before its first wildcard, whatever their account. */
  #beginningAs(pattern: string): readonly KnownIdentity[] {
    const [start = ''] = nameIn(pattern).split(/[*?]/);
    const first = this.#indexOf(start);
    // No name has this letter, which comes after all others.
    return this.#identities.slice(first, this.#indexOf(`${start}\u{10ffff}`));
  }

  /** The first identity whose name is not before a text. */
  #indexOf(text: string): number {
    let [from, to] = [0, this.#identities.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (nameIn(this.#identities[middle]?.arn ?? '') < text) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** What it may become of which no file tells, sentences. */
  #untoldBy(one: KnownIdentity): readonly string[] {
    const known = this.#untold.get(one);
    this.#left -= 1 + (known ? 0 : one.named.length);
    if (known) return known;
    const untold = one.named.flatMap(({ power, resources, within }) => {
      const kind = kindOfPower[power];
      if (!kind) return [];
      const account = power === 'assume' ? '*' : accountIn(one.arn);
      const isTold = (pattern: string) => this.#isTold(pattern, `arn:*:iam::${account}:${kind}/*`);
      const isOpen = (pattern: string) => !within || within.some((limit) => overlap(pattern, limit) && !isTold(limit));
      return resources.filter((pattern) => !isTold(pattern) && isOpen(pattern));
    });
    const told = untold.map((pattern) => `It may take over ${pattern}, of which no file tells what that allows.`);
    this.#untold.set(one, told);
    return told;
  }

  /** Whether files tell of all that a pattern fits, of the identities that another does. */
  #isTold(pattern: string, all: string): boolean {
    if (!overlap(pattern, all)) return true;
    const account = [pattern, all].map(accountIn).find((one) => /^\d{12}$/.test(one));
    return this.#told.has(`${account} ${kindOf(all)}`);
  }

  /** Whether someone of these may write what another's policies say, or its own, or make an identity of which it may. */
  #isRewritten(all: readonly KnownIdentity[]): boolean {
    const writers = all.filter(({ named }) => named.some(({ power }) => power === 'policies' || power === 'versions'));
    if (writers.length === 0) return false;
    this.#left -= writers.length * all.length;
    if (this.#left <= 0) return false;
    return writers.some((writer) => all.some((one) => writes(writer, one))) || this.#isMade(all);
  }

  /** Whether these may make a role, or a user with keys, and write its policies. */
  #isMade(all: readonly KnownIdentity[]): boolean {
    const [roles, users, keys, written] = (['new role', 'new user', 'user', 'policies'] as const).map((power) => {
      const named = all.flatMap((one) => one.named.filter((some) => some.power === power));
      return [...new Set(named.flatMap(({ resources }) => resources))];
    }) as [string[], string[], string[], string[]];
    this.#left -= (roles.length + users.length) * (written.length + keys.length) * 10;
    if (this.#left <= 0) return false;
    const isIn = (patterns: readonly string[]) => (one: string) => patterns.some((other) => overlap(one, other));
    return [...roles, ...users.filter(isIn(keys))].some(isIn(written));
  }

  #trustOf(role: KnownIdentity): RoleTrust {
    const known = this.#trusts.get(role) ?? roleTrust(role.trust());
    this.#trusts.set(role, known);
    return known;
  }
}

/** What is taken over by what is about it. */
const kindOfPower: Partial<Readonly<Record<Power, string>>> = {
  ...{ pass: 'role', assume: 'role', trust: 'role' },
  ...{ user: 'user', members: 'group' },
};

const admin: Worth = { access: 'admin', unknown: [] };
const tooMuch: Worth = { access: 'unknown', unknown: ['What it may take over is too much to follow.'] };

/** Whether a writer may write what another's policies say, or its own. */
function writes({ arn: own, named }: KnownIdentity, { arn, attached, groups }: KnownIdentity): boolean {
  return named.some((one) => {
    const targets = one.power === 'policies' ? [arn, ...groups] : one.power === 'versions' ? attached : [];
    return targets.some((target) => isOfOne(own, target) && isNamed(target, one));
  });
}

const isNamed = (arn: string, { resources, within = ['*'] }: Named) =>
  [resources, within].every((all) => all.some((pattern) => matchesPattern(arn, pattern)));

const accountIn = (arn: string) => arn.split(':')[4] ?? '';

/** What stands behind the fifth colon of an ARN; empty where a pattern spans that. */
const nameIn = (arn: string) => arn.split(':').slice(5).join(':');

/** IAM writes and hands over what is of the same account. */
const isOfOne = (one: string, other: string) => accountIn(one) === accountIn(other);
