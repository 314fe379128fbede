/** An IAM trust policy that was read and understood in full. */
export interface TrustPolicy {
  readonly version: string | undefined;
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** ARNs of OIDC providers. */
  readonly federated: readonly string[];
  /** ARNs of roles, users and accounts, or bare account ids. */
  readonly aws: readonly string[];
  readonly actions: readonly string[];
  readonly conditions: readonly Condition[];
}

/** One key of one operator: `StringEquals: {"<key>": [values]}`. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** A document that IAM would not accept, or that uses what is not known here. */
export class MalformedPolicyError extends Error {
  override readonly name = 'MalformedPolicyError';
  static readonly code = 'MalformedPolicyDocument';
}

const statementMembers = new Set(['Sid', 'Effect', 'Principal', 'Action', 'Condition']);

/**
 * Reads a trust policy document.
 * Source: IAM User Guide, "Grammar of the IAM JSON policy language".
 *
 * @throws MalformedPolicyError
 */
export function parseTrustPolicy(document: unknown): TrustPolicy {
  const policy = object(document, 'the policy');
  if (policy.Version !== undefined && policy.Version !== '2012-10-17' && policy.Version !== '2008-10-17') {
    throw new MalformedPolicyError('Version is neither 2012-10-17 nor 2008-10-17');
  }
  const statements = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  if (statements.length === 0) throw new MalformedPolicyError('the policy has no statement');
  return { version: policy.Version, statements: statements.map(parseStatement) };
}

function parseStatement(document: unknown): Statement {
  const statement = object(document, 'a statement');
  const unknown = Object.keys(statement).find((member) => !statementMembers.has(member));
  if (unknown) throw new MalformedPolicyError(`a trust policy's statement has no ${unknown}`);
  const { Effect: effect } = statement;
  if (effect !== 'Allow' && effect !== 'Deny') throw new MalformedPolicyError('Effect is neither Allow nor Deny');
  const principal =
    statement.Principal === '*' ? { Federated: '*', AWS: '*' } : object(statement.Principal, 'Principal');
  return {
    effect,
    federated: principal.Federated === undefined ? [] : texts(principal.Federated, 'Principal.Federated'),
    aws: principal.AWS === undefined ? [] : texts(principal.AWS, 'Principal.AWS'),
    actions: texts(statement.Action, 'Action'),
    conditions: statement.Condition === undefined ? [] : parseConditions(statement.Condition),
  };
}

function parseConditions(document: unknown): Condition[] {
  return Object.entries(object(document, 'Condition')).flatMap(([operator, keys]) =>
    Object.entries(object(keys, operator)).map(([key, values]) => ({ operator, key, values: texts(values, key) })),
  );
}

function object(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new MalformedPolicyError(`${what} is not an object`);
}

function texts(value: unknown, what: string): string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.map((text) => {
    if (typeof text === 'string' || typeof text === 'boolean' || typeof text === 'number') return String(text);
    throw new MalformedPolicyError(`${what} is not a text`);
  });
}
