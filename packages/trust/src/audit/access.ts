import { matchesPattern } from '@fedbridge/core/pattern';
import { membersOf } from '../read/trust-document.ts';
import { isReading } from './access-levels.ts';
import { beyond, makingActors, powers, ruling, takingSources } from './escalations.ts';
import { isPermissionPolicy } from './permission-policy.ts';

/**
 * What policies of permissions allow, in one word, ascending: nothing; to read; to change something; something that was not read; to give
 * oneself whatever there is.
 */
export type Access = 'nothing' | 'read' | 'write' | 'unknown' | 'admin';

/** Ascending. What is unknown may be more than to write. */
export const accesses: readonly Access[] = ['nothing', 'read', 'write', 'unknown', 'admin'];

/** Of several the one that allows most. */
export function widest(all: readonly Access[]): Access {
  return all.reduce((one, other) => (accesses.indexOf(other) > accesses.indexOf(one) ? other : one), 'nothing');
}

/** Of several the one that allows least: what is left of policies by a permissions boundary. */
export function narrowest(one: Access, other: Access): Access {
  return accesses.indexOf(one) < accesses.indexOf(other) ? one : other;
}

/** What one policy of permissions gives by itself, and what it gives together with another. */
export interface Given {
  readonly access: Access;
  /** Whether any role may be handed to a service, if the service is to be told. */
  readonly passesRoles: boolean;
  /** Whether something may be made that acts as a role that is handed to it. */
  readonly makesActors: boolean;
  /** How services begin as whose roles something acts that it may tell what to do. */
  readonly takes: readonly string[];
  /** What it says of roles, users, groups and policies, by their names or of all. */
  readonly named: readonly Named[];
}

/**
 * What leads to what an identity allows: to hand a role over, to assume it, to write its trust policy or to sign for who it trusts; to make
 * keys of a user; to add members to a group; to write policies of an identity, a policy attached to it or its permissions boundary; and to
 * make an identity.
 */
export type Power = (typeof powers)[number][0];

/** Identities, policies or providers by patterns of their ARNs. */
export interface Named {
  readonly power: Power;
  readonly resources: readonly string[];
  /** Patterns of which one must fit too; undefined where nothing limits them. */
  readonly within?: readonly string[] | undefined;
}

/**
 * What a policy of permissions allows at most: conditions are taken to hold, and denials are left out. What IAM rejects may be anything.
 * Source: IAM User Guide, "Grammar of the IAM JSON policy language".
 *
 * @param policy - undefined for one that cannot be read
 */
export function givenBy(policy: object | undefined): Given {
  const given = statementsOf(policy).map(givenByStatement);
  return {
    access: widest([...given.map(({ access }) => access), ...(isPermissionPolicy(policy) ? [] : ['unknown' as const])]),
    passesRoles: given.some(({ passesRoles }) => passesRoles),
    makesActors: given.some(({ makesActors }) => makesActors),
    takes: [...new Set(given.flatMap(({ takes }) => takes))],
    named: given.flatMap(({ named }) => named),
  };
}

/** What several policies allow together: what hands any role to something that acts as it has whatever there is. */
export function accessOf(all: readonly Given[]): Access {
  const isAny = all.some(({ passesRoles }) => passesRoles) && all.some(({ makesActors }) => makesActors);
  return isAny ? 'admin' : widest(all.map(({ access }) => access));
}

/** Whether a policy denies everything, whatever others allow, as AWSDenyAll does. */
export function deniesAll(policy: object | undefined): boolean {
  if (!isPermissionPolicy(policy)) return false;
  return statementsOf(policy).some((one) => {
    const { Effect: effect, Action: actions, Resource: resources, Condition: condition } = membersOf(one) ?? {};
    return effect === 'Deny' && condition === undefined && [actions, resources].every((all) => isAll(textsOf(all)));
  });
}

const isAll = (texts: readonly string[] | undefined) => texts?.includes('*') === true;

function statementsOf(policy: object | undefined): readonly unknown[] {
  const { Statement: listed } = membersOf(policy) ?? {};
  return listed === undefined ? [] : [listed].flat();
}

function givenByStatement(value: unknown): Given {
  const statement = membersOf(value) ?? {};
  const nothing = { passesRoles: false, makesActors: false, takes: [], named: [] };
  if (statement.Effect === 'Deny') return { ...nothing, access: 'nothing' };
  const [actions, others] = [textsOf(statement.Action), textsOf(statement.NotAction)];
  const named = actions ?? others;
  if (statement.Effect !== 'Allow' || !named) return { ...nothing, access: 'unknown' };
  const allows = (action: string) =>
    named.some((pattern) => matchesPattern(action, pattern)) === (actions !== undefined);
  const resources = resourcesOf(statement);
  const isAboutAll = resources.some(isOfEvery);
  const isAbout = (services: readonly string[]) => resources.some((one) => isOfService(one, services));
  const isBeyond = beyond.some((action) => allows(action) && isAbout([action.replace(/:.*/, '')]));
  return {
    access: isAboutAll && ruling.some(allows) ? 'admin' : isBeyond ? 'unknown' : accessOfActions(actions, others),
    passesRoles: isAboutAll && allows('iam:passrole'),
    makesActors: makingActors.some(allows),
    takes: takingSources
      .filter((one) => one.actions.some(allows) && isAbout(one.on))
      .flatMap(({ services }) => services),
    named: powers.filter(([, ofPower]) => ofPower.some(allows)).map(([power]) => ({ power, resources })),
  };
}

/**
 * As they are written: names of roles differ by case. What is about all but some is about all, and what a variable stands for may be
 * anything; but for the name of a user, which is known of each.
 */
function resourcesOf({
  Resource: resource,
  NotResource: others,
}: Readonly<Record<string, unknown>>): readonly string[] {
  const all = [resource].flat();
  if (others !== undefined || !all.every((one) => typeof one === 'string')) return ['*'];
  return all.map((one) =>
    one.replace(/\$\{([^}]*)\}/g, (variable, name: string) =>
      /^aws:username$/i.test(name) ? userName : variable.length > 4 ? '*' : '?',
    ),
  );
}

/** Stands for the name of the user who asks: no other has this letter. */
export const userName = '\ufffe';

function accessOfActions(actions: readonly string[] | undefined, others: readonly string[] | undefined): Access {
  if (!actions) return isAll(others) ? 'nothing' : 'write';
  return actions.every(isReading) ? 'read' : 'write';
}

/** Whether a pattern fits an identity of a long name that no pattern spells out, in the partition and the account that it names. */
function isOfEvery(pattern: string): boolean {
  const [, partition = '', , , account = ''] = pattern.split(':');
  return identities.some((kind) => matchesPattern(`arn:${partition}:iam::${account}:${kind}/${anyName}`, pattern));
}

const identities = ['role', 'user', 'group', 'policy'];
const anyName = '\uffff'.repeat(64);

/** Whether a pattern of ARNs may fit something of a service. */
function isOfService(pattern: string, services: readonly string[]): boolean {
  const [scheme = '', partition = '', service = '*'] = pattern.split(':');
  const isOpen = scheme.includes('*') || partition.includes('*');
  return isOpen || services.some((one) => matchesPattern(one, service.toLowerCase()));
}

/** In lower case; undefined for what is neither a text nor a list of texts. */
function textsOf(value: unknown): readonly string[] | undefined {
  const all = [value].flat();
  return all.every((one) => typeof one === 'string') ? all.map((one) => one.toLowerCase()) : undefined;
}
