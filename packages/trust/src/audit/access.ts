import { matchesPattern } from '@fedbridge/core/pattern';
import { membersOf } from '../read/trust-document.ts';

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

/**
 * What a policy of permissions allows at most: conditions are taken to hold, and denials are left out.
 * Source: IAM User Guide, "Grammar of the IAM JSON policy language".
 *
 * @param policy - undefined for one that cannot be read
 */
export function accessOfPolicy(policy: object | undefined): Access {
  const statements = statementsOf(policy);
  return statements.length === 0 ? 'unknown' : widest(statements.map(accessOfStatement));
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

function accessOfStatement(value: unknown): Access {
  const statement = membersOf(value) ?? {};
  if (statement.Effect === 'Deny') return 'nothing';
  const [actions, others] = [textsOf(statement.Action), textsOf(statement.NotAction)];
  const named = actions ?? others;
  if (statement.Effect !== 'Allow' || !named) return 'unknown';
  const allows = (action: string) =>
    named.some((pattern) => matchesPattern(action, pattern)) === (actions !== undefined);
  if (isOnAll(statement) && ruling.some(allows)) return 'admin';
  if (!actions) return isAll(others) ? 'nothing' : 'write';
  return actions.every((pattern) => reading.test(pattern)) ? 'read' : 'write';
}

/** Whether it is about every resource, or every role or user there is. */
function isOnAll({ Resource: resource, NotResource: others }: Readonly<Record<string, unknown>>): boolean {
  return others !== undefined || textsOf(resource)?.some((one) => everyIdentity.test(one)) !== false;
}

/** In lower case; undefined for what is neither a text nor a list of texts. */
function textsOf(value: unknown): readonly string[] | undefined {
  const all = [value].flat();
  return all.every((one) => typeof one === 'string') ? all.map((one) => one.toLowerCase()) : undefined;
}

const everyIdentity = /^\*+$|^arn:[^:]+:(iam|\*):[^:]*:[^:]*:(\*|(role|user|group|policy)\/\*)$/;

/** What begins so changes nothing. A wildcard before the end of the word may stand for another. */
const reading = /^[\w*-]+:(get|list|describe|batchget|batchdescribe|view|lookup|query|scan|search|select|head)/;

/**
 * Each of them on every resource is all there is: another role, or what its own policies say.
 * Source: Service Authorization Reference, IAM and STS, access level "Permissions management".
 */
const ruling = [
  'sts:assumerole',
  ...['addusertogroup', 'attachgrouppolicy', 'attachrolepolicy', 'attachuserpolicy', 'createaccesskey'],
  ...['createloginprofile', 'createpolicyversion', 'putgrouppolicy', 'putrolepolicy', 'putuserpolicy'],
  ...['setdefaultpolicyversion', 'updateassumerolepolicy', 'updateloginprofile'],
].map((name) => (name.includes(':') ? name : `iam:${name}`));
