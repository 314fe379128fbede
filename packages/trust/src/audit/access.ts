import { matchesPattern } from '@fedbridge/core/pattern';
import { membersOf } from '../read/trust-document.ts';
import { makingActors, powers, ruling } from './escalations.ts';

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
  /** What it says of roles and policies, by their names or of all. */
  readonly named: readonly Named[];
}

/**
 * What leads to what a role allows: to hand it over, to assume it, or to write its trust policy, its policies, a policy attached to it or
 * its permissions boundary.
 */
export type Power = 'pass' | 'assume' | 'trust' | 'policies' | 'versions' | 'boundary';

/** Roles or policies by patterns of their ARNs. */
export interface Named {
  readonly power: Power;
  readonly resources: readonly string[];
  /** Patterns of which one must fit too; undefined where nothing limits them. */
  readonly within?: readonly string[] | undefined;
}

/**
 * What a policy of permissions allows at most: conditions are taken to hold, and denials are left out.
 * Source: IAM User Guide, "Grammar of the IAM JSON policy language".
 *
 * @param policy - undefined for one that cannot be read
 */
export function givenBy(policy: object | undefined): Given {
  const given = statementsOf(policy).map(givenByStatement);
  return {
    access: given.length === 0 ? 'unknown' : widest(given.map(({ access }) => access)),
    passesRoles: given.some(({ passesRoles }) => passesRoles),
    makesActors: given.some(({ makesActors }) => makesActors),
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
  const nothing = { passesRoles: false, makesActors: false, named: [] };
  if (statement.Effect === 'Deny') return { ...nothing, access: 'nothing' };
  const [actions, others] = [textsOf(statement.Action), textsOf(statement.NotAction)];
  const named = actions ?? others;
  if (statement.Effect !== 'Allow' || !named) return { ...nothing, access: 'unknown' };
  const allows = (action: string) =>
    named.some((pattern) => matchesPattern(action, pattern)) === (actions !== undefined);
  const isAboutAll = isOnAll(statement);
  return {
    access: isAboutAll && ruling.some(allows) ? 'admin' : accessOfActions(actions, others),
    passesRoles: isAboutAll && allows('iam:passrole'),
    makesActors: makingActors.some(allows),
    named: powers
      .filter(([, ofPower]) => ofPower.some(allows))
      .map(([power]) => ({ power, resources: resourcesOf(statement) })),
  };
}

/** As they are written: names of roles differ by case. What is about all but some is about all. */
function resourcesOf({
  Resource: resource,
  NotResource: others,
}: Readonly<Record<string, unknown>>): readonly string[] {
  const all = [resource].flat();
  return others === undefined && all.every((one) => typeof one === 'string') ? all : ['*'];
}

function accessOfActions(actions: readonly string[] | undefined, others: readonly string[] | undefined): Access {
  if (!actions) return isAll(others) ? 'nothing' : 'write';
  return actions.every((one) => reading.test(one)) ? 'read' : 'write';
}

/** Whether it is about every resource, or every role or user there is. */
function isOnAll({ Resource: resource, NotResource: others }: Readonly<Record<string, unknown>>): boolean {
  return others !== undefined || textsOf(resource)?.some(isOfEvery) !== false;
}

/** Whether a pattern fits an identity of a long name that no pattern spells out, in the partition and the account that it names. */
function isOfEvery(pattern: string): boolean {
  const [, partition = '', , , account = ''] = pattern.split(':');
  return identities.some((kind) => matchesPattern(`arn:${partition}:iam::${account}:${kind}/${anyName}`, pattern));
}

const identities = ['role', 'user', 'group', 'policy'];
const anyName = '\uffff'.repeat(64);

/** In lower case; undefined for what is neither a text nor a list of texts. */
function textsOf(value: unknown): readonly string[] | undefined {
  const all = [value].flat();
  return all.every((one) => typeof one === 'string') ? all.map((one) => one.toLowerCase()) : undefined;
}

/** What begins so changes nothing. A wildcard before the end of the word may stand for another. */
const reading = /^[\w*-]+:(get|list|describe|batchget|batchdescribe|view|lookup|query|scan|search|select|head)/;
