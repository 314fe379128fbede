import { type DuplicateMember, JsonDocument, type JsonPath, JsonSyntaxError, positionAt } from '../json.ts';
import { textOfJson } from '../json-text.ts';
import { withOwnAccount } from './own-account.ts';
import { areTrustStatements } from './resemblance.ts';
import {
  DocumentError,
  jsonPointer,
  membersOf,
  type Part,
  positionIn,
  type Source,
  type TrustDocument,
  type Unresolved,
} from './trust-document.ts';
import { unresolvedIn, withHiddenPrincipals } from './unresolved.ts';

/**
 * The trust policy in a part: an object, a text of JSON, or that text URL-encoded, as the IAM API has it. Undefined where there is none.
 *
 * @throws DocumentError for a text that begins as JSON, or URL-encoded, and is none
 */
export function policyDocument(part: Part): TrustDocument | undefined {
  const { source, path, value, isTemplate } = part;
  const address = part.address ?? jsonPointer(path);
  const text = typeof value === 'string' ? urlDecoded(value, part) : undefined;
  if (text === undefined) {
    const policy = membersOf(value);
    return policy && 'Statement' in policy ? documentOf(part, policy, (inner) => [...path, ...inner]) : undefined;
  }
  if (isTemplate && /^\s*⟨/.test(text)) return documentOf(part, {}, () => path, unresolvedIn(text));
  // Terraform's configuration in JSON.
  if (/^\s*\$\{/.test(text)) return documentOf(part, {}, () => path, [{ path: [], expression: text.trim() }]);
  if (!/^\s*\{/.test(text)) return undefined;
  const read = parsed(text, part);
  const inner = policyDocument({ source: read, path: [], value: read.value, address, isTemplate, origin: part.origin });
  // All of such a text stands on one line of the file as a rule: its own lines are of no use to who looks for it there.
  return inner && { ...inner, positionOf: () => positionIn(source, path) };
}

/** The trust policy whose statements stand alone, one or a list; they are taken for ones of the version that every tool writes. */
export function statementsDocument(part: Part): TrustDocument | undefined {
  const { path, value } = part;
  const isList = Array.isArray(value) && value.length > 0 && value.every(isStatement);
  if (!isList && !areTrustStatements(value)) return undefined;
  const document = documentOf(part, { Version: '2012-10-17', Statement: value }, (inner) => [
    ...path,
    ...inner.slice(1),
  ]);
  return { ...document, duplicates: document.duplicates.map((one) => ({ ...one, path: ['Statement', ...one.path] })) };
}

/** What looks like a document and is in no form that is read: that it is there is known, and no more. */
export function unreadDocument(part: Part, resembles: string): TrustDocument {
  const document = documentOf(part, {}, () => part.path, [{ path: [], expression: resembles }]);
  return { ...document, resembles, origin: () => textOfJson(part.value) };
}

function documentOf(
  { source, path, address, isTemplate, origin }: Part,
  written: object,
  outerPath: (inner: JsonPath) => JsonPath,
  unresolved?: readonly Unresolved[],
): TrustDocument {
  const policy = withHiddenPrincipals(written);
  const all = unresolved ?? (isTemplate || policy !== written ? unresolvedIn(policy) : []);
  return {
    address: address ?? jsonPointer(path),
    policy: withOwnAccount(policy, all),
    unresolved: all,
    origin,
    duplicates: duplicatesWithin(source, path),
    positionOf: (inner) => positionIn(source, outerPath(inner)),
  };
}

/** The members within a path that stand more than once, with their paths from there. */
export function duplicatesWithin(source: Source, path: JsonPath): readonly DuplicateMember[] {
  if (source.duplicatesIn) return source.duplicatesIn(path);
  return source.duplicates.flatMap(({ path: full, positions, values }) =>
    path.every((step, index) => full[index] === step) ? [{ path: full.slice(path.length), positions, values }] : [],
  );
}

/** RFC 3986, as IAM encodes policies. */
function urlDecoded(text: string, part: Part): string {
  if (!/^\s*%(7B|20|09|0A|0D)/i.test(text)) return text;
  // What is in no sequence of escapes is decoded as it is, so that each sequence is for itself.
  return text.trim().replace(/%(?:[\da-f]{2}(?:%[\da-f]{2})*)?/gi, (escapes, offset: number) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      const { line, column } = positionAt(text, text.indexOf(text.trim()) + offset);
      throw new DocumentError(
        part,
        `${titleOf(part)} is not URL-encoded: line ${line}, column ${column} of its text is no UTF-8 in escapes`,
      );
    }
  });
}

function parsed(text: string, part: Part): JsonDocument {
  try {
    return JsonDocument.parse(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const [place = '', ...what] = error.message.split(': ');
    throw new DocumentError(part, `${titleOf(part)} is not JSON: ${place} of its text: ${what.join(': ')}`);
  }
}

function titleOf({ address, path }: Part): string {
  return ['the policy', address ?? jsonPointer(path)].filter(Boolean).join(' ');
}

function isStatement(value: unknown): boolean {
  const members = membersOf(value);
  return members !== undefined && 'Effect' in members && ('Principal' in members || 'NotPrincipal' in members);
}
