import type { JsonPath, Position } from '../json.ts';
import { duplicatesWithin } from './policy-document.ts';
import { jsonPointer, type Members, membersOf, type Part, positionIn, type TrustDocument } from './trust-document.ts';
import { unresolvedIn } from './unresolved.ts';

/** Federated credentials of one application or managed identity, wherever each of them stands. */
export function credentialsDocument(parts: readonly Part[], address: string): TrustDocument {
  const credentials = parts.map(({ value }) => credentialMembers(value));
  return {
    address,
    credentials,
    unresolved: parts.some(({ isTemplate }) => isTemplate) ? unresolvedIn(credentials) : [],
    duplicates: parts.flatMap(({ source, path }, index) =>
      duplicatesWithin(source, path).map((one) => ({ ...one, path: [index, ...one.path] })),
    ),
    positionOf: ([index, ...inner]) => {
      const part = parts[Number(index ?? 0)] ?? parts[0];
      return part ? placeOf(part, inner) : { line: 1, column: 1 };
    },
  };
}

/** With or without `properties` around. */
function placeOf({ source, path }: Part, inner: JsonPath): Position {
  return source.positionOf([...path, ...inner]) ?? positionIn(source, [...path, 'properties', ...inner]);
}

/** The list in a part. */
export function credentialList(part: Part, list: readonly unknown[]): TrustDocument {
  const items = list.map((value, index) => ({ ...part, path: [...part.path, index], value }));
  const document = credentialsDocument(items, part.address ?? jsonPointer(part.path));
  return { ...document, positionOf: (inner) => positionIn(part.source, [...part.path, ...inner]) };
}

/** Whether this is a federated credential, whatever stands around it. */
export function isCredential(value: unknown): boolean {
  const { issuer, audiences, claimsMatchingExpression } = ownMembers(value);
  return typeof issuer === 'string' && (Array.isArray(audiences) || membersOf(claimsMatchingExpression) !== undefined);
}

/** Whether this is meant for one, in a list of them: something of it may be missing. */
export function resemblesCredential(value: unknown): boolean {
  const members = ownMembers(value);
  return ['issuer', 'subject', 'audiences', 'claimsMatchingExpression'].filter((name) => name in members).length > 1;
}

/** With or without `properties` around, as Azure Resource Manager has it. */
function ownMembers(value: unknown): Members {
  const members = membersOf(credentialMembers(value)) ?? {};
  return { ...members, ...(membersOf(credentialMembers(members.properties)) ?? {}) };
}

/**
 * A federated credential with its members named as Microsoft Graph names them, however a tool does: capitalised by PowerShell, `audience`
 * by Az and azurerm, `display_name` by azuread. What is named right already is given back itself, with whatever else it has.
 */
function credentialMembers(value: unknown): unknown {
  const members = membersOf(value);
  if (!members) return value;
  const own = Object.entries(members);
  const others = own.filter(([name]) => graphName(name) !== name && !(graphName(name) in members));
  if (others.length === 0) return value;
  return Object.fromEntries([
    ...own.filter(([name]) => graphName(name) === name),
    ...others.map(([name, member]) => [graphName(name), graphValue(name, member)] as const),
  ]);
}

const names: Readonly<Record<string, string>> = {
  audience: 'audiences',
  displayName: 'name',
  display_name: 'name',
  claims_matching_expression: 'claimsMatchingExpression',
};

function graphName(name: string): string {
  const lower = /^[A-Z][a-z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
  return Object.hasOwn(names, lower) ? (names[lower] ?? lower) : lower;
}

/** PowerShell writes a list of one as its only item in places; azuread has one audience, and an expression as a text. */
function graphValue(name: string, value: unknown): unknown {
  if (typeof value !== 'string') {
    const members = membersOf(value);
    if (!members) return value;
    return Object.fromEntries(Object.entries(members).map(([inner, member]) => [graphName(inner), member]));
  }
  if (graphName(name) === 'audiences') return [value];
  return graphName(name) === 'claimsMatchingExpression' ? { value, languageVersion: 1 } : value;
}
