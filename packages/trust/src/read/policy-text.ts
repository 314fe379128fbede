import { JsonDocument, type JsonPath } from '../json.ts';
import { membersOf, type Source } from './trust-document.ts';

/** A policy as tools print it: as it is, as a text of JSON, or with that text URL-encoded, as the IAM API has it. */
export interface PolicyText {
  readonly policy: object;
  /** Where the policy was a text: that text, in which paths are followed. */
  readonly inner?: Source;
}

/**
 * @throws JsonSyntaxError for a text that begins as JSON and is none; its position is within that text
 */
export function policyIn(value: unknown): PolicyText | undefined {
  const policy = membersOf(value);
  if (policy) return 'Statement' in policy ? { policy } : undefined;
  if (typeof value !== 'string') return undefined;
  const text = urlDecoded(value);
  if (!/^\s*[{[]/.test(text)) return undefined;
  const inner = JsonDocument.parse(text);
  const read = policyIn(inner.value);
  return read ? { policy: read.policy, inner } : undefined;
}

/** RFC 3986, as IAM encodes policies. */
function urlDecoded(text: string): string {
  if (!/^\s*%(7B|5B|0A|20|09|0D)/i.test(text)) return text;
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return text;
  }
}

/** Statements without a policy around them. */
export function isStatementList(value: unknown): value is readonly object[] {
  return Array.isArray(value) && value.length > 0 && value.every(isStatement);
}

export function isStatement(value: unknown): boolean {
  const members = membersOf(value);
  return members !== undefined && 'Effect' in members && ('Principal' in members || 'NotPrincipal' in members);
}

/** Where a part of a policy is whose statements stood alone. */
export function withoutStatement(path: JsonPath, isList: boolean): JsonPath {
  return isList ? path.slice(1) : path.slice(path.length > 1 && typeof path[1] === 'number' ? 2 : 1);
}
