import { type Condition, isOperator } from './condition.ts';
import type { JsonDocument, JsonPath } from './json.ts';
import { MalformedPolicyError } from './malformed-policy.ts';

export type { Condition };
export { MalformedPolicyError };

/** An IAM trust policy that was read and understood in full. */
export interface TrustPolicy {
  readonly version: string | undefined;
  readonly statements: readonly Statement[];
}

/** A statement of a trust policy, as far as it decides. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** ARNs of OIDC providers. */
  readonly federated: readonly string[];
  /** ARNs of roles, users and accounts, or bare account ids; `*` also for a principal that is `*` as a whole. */
  readonly aws: readonly string[];
  /** Services of AWS, and canonical ids of accounts. */
  readonly services: readonly string[];
  /** Whether it is about all principals but these: `NotPrincipal`, which IAM knows with `Deny` alone. */
  readonly notPrincipal: boolean;
  readonly actions: readonly string[];
  /** Whether it is about all actions but these: `NotAction`. */
  readonly notAction: boolean;
  readonly conditions: readonly Condition[];
}

const policyMembers = ['Version', 'Id', 'Statement'];
const statementMembers = ['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Condition'];
const principalMembers = ['AWS', 'Federated', 'Service', 'CanonicalUser'];

/**
 * Reads a trust policy document.
 * Source: IAM User Guide, "Grammar of the IAM JSON policy language".
 *
 * @throws MalformedPolicyError
 */
export function parseTrustPolicy(document: unknown): TrustPolicy {
  const policy = object(document, 'the policy', []);
  only(policyMembers, policy, 'a trust policy', []);
  if (policy.Version !== undefined && policy.Version !== '2012-10-17' && policy.Version !== '2008-10-17') {
    throw new MalformedPolicyError('Version is neither 2012-10-17 nor 2008-10-17', ['Version']);
  }
  const isList = Array.isArray(policy.Statement);
  const statements: readonly unknown[] = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  if (statements.length === 0) throw new MalformedPolicyError('the policy has no statement', ['Statement']);
  return {
    version: policy.Version,
    statements: statements.map((one, index) => parseStatement(one, isList ? ['Statement', index] : ['Statement'])),
  };
}

/**
 * Reads a trust policy from its text, in which no member stands twice in one object.
 *
 * @throws MalformedPolicyError
 */
export function readTrustPolicy(document: JsonDocument): TrustPolicy {
  refuseDuplicates(document);
  return parseTrustPolicy(document.value);
}

/**
 * A member that stands twice in one object is an error to IAM ("Individual elements must not contain multiple instances of the same
 * key", as the grammar says; seen as "Duplicate condition element: StringEquals", terraform-aws-modules/terraform-aws-iam#66), while most
 * tools keep the last of them without a word.
 *
 * @throws MalformedPolicyError
 */
export function refuseDuplicates({ duplicates: [twice] }: Pick<JsonDocument, 'duplicates'>): void {
  if (!twice) return;
  const places = twice.positions.map(({ line, column }) => `line ${line}, column ${column}`).join(' and ');
  const what = `${twice.path.at(-1)} stands more than once in one object (${places}), of which most tools keep the last`;
  throw new MalformedPolicyError(what, twice.path);
}

function parseStatement(document: unknown, path: JsonPath): Statement {
  const statement = object(document, 'a statement', path);
  only(statementMembers, statement, "a trust policy's statement", path);
  const { Effect: effect } = statement;
  if (effect !== 'Allow' && effect !== 'Deny')
    throw new MalformedPolicyError('Effect is neither Allow nor Deny', [...path, 'Effect']);
  const principal = oneOf(statement, 'Principal', 'NotPrincipal', path);
  const action = oneOf(statement, 'Action', 'NotAction', path);
  // Source: IAM User Guide, "NotPrincipal". It would allow everybody else.
  if (principal === 'NotPrincipal' && effect === 'Allow')
    throw new MalformedPolicyError('NotPrincipal stands in a statement that allows', [...path, 'NotPrincipal']);
  return {
    effect,
    ...parsePrincipal(statement[principal], [...path, principal]),
    notPrincipal: principal === 'NotPrincipal',
    actions: texts(statement[action], action, [...path, action]),
    notAction: action === 'NotAction',
    conditions: statement.Condition === undefined ? [] : parseConditions(statement.Condition, [...path, 'Condition']),
  };
}

function parsePrincipal(document: unknown, path: JsonPath): Pick<Statement, 'federated' | 'aws' | 'services'> {
  if (document === '*') return { federated: [], aws: ['*'], services: [] };
  const principal = object(document, String(path.at(-1)), path);
  only(principalMembers, principal, 'a principal', path);
  const named = (kind: string) =>
    principal[kind] === undefined ? [] : texts(principal[kind], `${path.at(-1)}.${kind}`, [...path, kind]);
  const services = [...named('Service'), ...named('CanonicalUser')];
  return { federated: named('Federated'), aws: named('AWS'), services };
}

function parseConditions(document: unknown, path: JsonPath): Condition[] {
  return Object.entries(object(document, 'Condition', path)).flatMap(([operator, keys]) => {
    const here = [...path, operator];
    if (!isOperator(operator)) throw new MalformedPolicyError(`the condition operator ${operator} is not known`, here);
    return Object.entries(object(keys, operator, here)).map(([key, given]) => {
      const values = texts(given, key, [...here, key]);
      if (operator === 'Null' && !values.every((value) => /^(true|false)$/i.test(value)))
        throw new MalformedPolicyError(`Null of ${key} is neither true nor false`, [...here, key]);
      return { operator, key, values };
    });
  });
}

/** Which of two members a statement has: exactly one. */
function oneOf<First extends string, Second extends string>(
  statement: Readonly<Record<string, unknown>>,
  first: First,
  second: Second,
  path: JsonPath,
): First | Second {
  const all = [first, second].filter((name) => statement[name] !== undefined);
  const [only] = all;
  if (only !== undefined && all.length === 1) return only;
  const what = all.length === 0 ? `has neither ${first} nor ${second}` : `has both ${first} and ${second}`;
  throw new MalformedPolicyError(`a statement ${what}`, path);
}

function only(known: readonly string[], document: object, what: string, path: JsonPath): void {
  const unknown = Object.keys(document).find((member) => !known.includes(member));
  if (unknown !== undefined) throw new MalformedPolicyError(`${what} has no ${unknown}`, [...path, unknown]);
}

function object(value: unknown, what: string, path: JsonPath): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new MalformedPolicyError(`${what} is not an object`, path);
}

function texts(value: unknown, what: string, path: JsonPath): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length === 0) throw new MalformedPolicyError(`${what} is an empty list`, path);
  return values.map((text) => {
    if (typeof text === 'string' || typeof text === 'boolean' || typeof text === 'number') return String(text);
    throw new MalformedPolicyError(`${what} is not a text`, path);
  });
}
