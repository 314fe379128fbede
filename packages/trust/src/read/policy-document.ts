import { FedbridgeError } from '@fedbridge/core/error';
import { type DuplicateMember, JsonDocument, type JsonPath, JsonSyntaxError } from '../json.ts';
import { jsonPointer, membersOf, type Part, positionIn, type Source, type TrustDocument } from './trust-document.ts';
import { unresolvedIn } from './unresolved.ts';

/**
 * The trust policy in a part: an object, a text of JSON, or that text URL-encoded, as the IAM API has it. Undefined where there is none.
 *
 * @throws FedbridgeError `INPUT_INVALID` for a text that begins as JSON and is none
 */
export function policyDocument(part: Part): TrustDocument | undefined {
  const { source, path, value, isTemplate } = part;
  const address = part.address ?? jsonPointer(path);
  const text = typeof value === 'string' ? urlDecoded(value) : undefined;
  if (text === undefined) {
    const policy = membersOf(value);
    return policy && 'Statement' in policy ? documentOf(part, policy, (inner) => [...path, ...inner]) : undefined;
  }
  if (isTemplate && /^\s*⟨/.test(text)) return documentOf(part, {}, () => path, unresolvedIn(text));
  // Terraform's configuration in JSON.
  if (/^\s*\$\{/.test(text)) return documentOf(part, {}, () => path, [{ path: [], expression: text.trim() }]);
  if (!/^\s*\{/.test(text)) return undefined;
  const read = parsed(text, `${address} at ${at(part)}`);
  const inner = policyDocument({ source: read, path: [], value: read.value, address, isTemplate });
  // All of such a text stands on one line of the file as a rule: its own lines are of no use to who looks for it there.
  return inner && { ...inner, positionOf: () => positionIn(source, path) };
}

/** The trust policy whose statements stand alone, in a list; they are taken for ones of the version that every tool writes. */
export function statementsDocument(part: Part): TrustDocument | undefined {
  const { path, value } = part;
  if (!Array.isArray(value) || value.length === 0 || !value.every(isStatement)) return undefined;
  const document = documentOf(part, { Version: '2012-10-17', Statement: value }, (inner) => [
    ...path,
    ...inner.slice(1),
  ]);
  return { ...document, duplicates: document.duplicates.map((one) => ({ ...one, path: ['Statement', ...one.path] })) };
}

function documentOf(
  { source, path, address, isTemplate }: Part,
  policy: object,
  outerPath: (inner: JsonPath) => JsonPath,
  unresolved = isTemplate ? unresolvedIn(policy) : [],
): TrustDocument {
  return {
    address: address ?? jsonPointer(path),
    policy,
    unresolved,
    duplicates: duplicatesWithin(source, path),
    positionOf: (inner) => positionIn(source, outerPath(inner)),
  };
}

/** The members within a path that stand more than once, with their paths from there. */
export function duplicatesWithin(source: Source, path: JsonPath): readonly DuplicateMember[] {
  return source.duplicates.flatMap(({ path: full, positions }) =>
    path.every((step, index) => full[index] === step) ? [{ path: full.slice(path.length), positions }] : [],
  );
}

/** RFC 3986, as IAM encodes policies. */
function urlDecoded(text: string): string {
  if (!/^\s*%(7B|20|09|0A|0D)/i.test(text)) return text;
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return text;
  }
}

function parsed(text: string, what: string): JsonDocument {
  try {
    return JsonDocument.parse(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new FedbridgeError('INPUT_INVALID', `The policy ${what} is not JSON: ${error.message} of its text.`);
  }
}

function isStatement(value: unknown): boolean {
  const members = membersOf(value);
  return members !== undefined && 'Effect' in members && ('Principal' in members || 'NotPrincipal' in members);
}

function at({ source, path }: Part): string {
  const { line, column } = positionIn(source, path);
  return `line ${line}, column ${column}`;
}
