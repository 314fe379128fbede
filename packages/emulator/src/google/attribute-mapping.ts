import { Environment } from '@marcbachmann/cel-js';
import type { Claims } from '../server/jwt.ts';
import type { Principal, WorkloadIdentityPoolProvider } from './google-cloud.ts';
import { OAuthProblem } from './oauth-problem.ts';

/** Bytes. Sources: IAM REST reference, `attributeMapping` and `attributeCondition`; what STS was seen to answer. */
const limits = { subject: 127, mapping: 2048, condition: 4096, attributes: 50, all: 8192 };

const namePattern =
  /^projects\/\d+\/locations\/global\/workloadIdentityPools\/[a-z][a-z0-9-]{3,31}\/providers\/[a-z][a-z0-9-]{3,31}$/;

/** CEL as providers have it: without optional syntax, and with `extract`. Source: IAM, "Configure attribute mappings". */
const cel = new Environment()
  .registerVariable('assertion', 'map')
  .registerVariable('google_', 'map')
  .registerVariable('attribute', 'map')
  .registerFunction('string.extract(string): string', extract);

/** A provider that IAM would not create. @throws Error */
export function checkProvider({
  name,
  attributeMapping,
  attributeCondition = 'true',
}: WorkloadIdentityPoolProvider): void {
  const bad = (what: string) => new Error(`INVALID_ARGUMENT: ${name}: ${what}`);
  if (!namePattern.test(name)) throw bad('the name is none of a provider.');
  if (attributeMapping['google.subject'] === undefined) throw bad('google.subject is not mapped.');
  const custom = Object.keys(attributeMapping).filter((key) => key.startsWith('attribute.'));
  if (custom.length > limits.attributes) throw bad('there are too many custom attributes.');
  for (const [key, expression] of Object.entries(attributeMapping)) {
    if (!/^(google\.(subject|groups)|attribute\.[a-z0-9_]{1,90})$/.test(key)) throw bad(`"${key}" is no attribute.`);
    if (expression.length > limits.mapping) throw bad(`the mapping of ${key} is too long.`);
    if (/\b(google|attribute)\./.test(expression)) throw bad(`the mapping of ${key} is not of the assertion alone.`);
    check(expression);
  }
  if (attributeCondition.length > limits.condition) throw bad('the attribute condition is too long.');
  check(attributeCondition);

  function check(expression: string): void {
    const { valid, error } = cel.check(renamed(expression));
    if (!valid) throw bad(`${expression}: ${error?.message}`);
  }
}

/** Who the bearer of a verified token is. @throws OAuthProblem */
export function principalOf(provider: WorkloadIdentityPoolProvider, claims: Claims): Principal {
  const pool = provider.name.replace(/\/providers\/.*$/, '');
  const mapped = Object.entries(provider.attributeMapping).map(
    ([key, expression]) => [key, mappedValue(key, expression, claims)] as const,
  );
  const textOf = (key: string) => {
    const value = mapped.find(([name]) => name === key)?.[1];
    if (value !== undefined && typeof value !== 'string') throw unmapped(key, 'it is not a text');
    return value;
  };
  const subject = textOf('google.subject') ?? '';
  if (subject === '') throw unmapped('google.subject', 'it is empty');
  if (Buffer.byteLength(subject) > limits.subject) {
    throw new OAuthProblem(
      'invalid_request',
      'The size of mapped attribute google.subject exceeds the 127 bytes limit. Either modify your attribute mapping or the ' +
        'incoming assertion to produce a mapped attribute that is less than 127 bytes.',
    );
  }
  const groups = mapped.find(([key]) => key === 'google.groups')?.[1] ?? [];
  if (!Array.isArray(groups)) throw unmapped('google.groups', 'it is no list');
  const custom = mapped.flatMap(([key]) =>
    key.startsWith('attribute.') ? [[key.slice(10), textOf(key) ?? ''] as const] : [],
  );
  const principal = { pool, subject, groups, attributes: Object.fromEntries(custom) };
  if (Buffer.byteLength(JSON.stringify(principal)) > limits.all) throw unmapped('all', 'together they exceed 8 KB');
  const { attributeCondition } = provider;
  if (attributeCondition === undefined || isTrue(attributeCondition, claims, principal)) return principal;
  throw new OAuthProblem('unauthorized_client', 'The given credential is rejected by the attribute condition.');
}

function mappedValue(key: string, expression: string, claims: Claims): unknown {
  try {
    return cel.evaluate(renamed(expression), { assertion: claims, google_: {}, attribute: {} });
  } catch {
    throw unmapped(key, `${expression} cannot be evaluated`);
  }
}

/** A condition that cannot be evaluated, as for a claim that is not there, rejects. */
function isTrue(expression: string, assertion: Claims, { subject, groups, attributes }: Principal): boolean {
  try {
    return (
      cel.evaluate(renamed(expression), { assertion, google_: { subject, groups }, attribute: attributes }) === true
    );
  } catch {
    return false;
  }
}

/** The library keeps `google` for protobuf's types: outside of texts, and where it is no member, it has another name. */
function renamed(expression: string): string {
  return expression.replace(
    /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<![.\w])google(?=\s*\.)/g,
    (_, text?: string) => text ?? 'google_',
  );
}

function unmapped(key: string, why: string): OAuthProblem {
  return new OAuthProblem(
    'invalid_request',
    `The mapped attribute '${key}' could not be computed from the credential: ${why}.`,
  );
}

/**
 * What stands where a template has `{name}`: the text after its first part, up to the next place of its last; nothing where they are not.
 * Source: IAM Conditions attribute reference, `extract`.
 */
function extract(text: string, template: string): string {
  const [, before = '', after = ''] = /^([^{}]*)\{[^{}]*\}([^{}]*)$/.exec(template) ?? [];
  const from = text.indexOf(before);
  if (from < 0) return '';
  const rest = text.slice(from + before.length);
  if (after === '') return rest;
  const to = rest.indexOf(after);
  return to < 0 ? '' : rest.slice(0, to);
}
