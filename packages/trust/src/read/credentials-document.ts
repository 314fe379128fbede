import type { JsonPath, Position } from '../json.ts';
import { inGraphSpelling, writtenPath } from './credential-spelling.ts';
import { duplicatesWithin } from './policy-document.ts';
import {
  type CredentialsDocument,
  jsonPointer,
  type Members,
  membersOf,
  type Part,
  positionIn,
} from './trust-document.ts';
import { unresolvedIn } from './unresolved.ts';

/** Federated credentials of one application or managed identity, wherever each of them stands. */
export function credentialsDocument(parts: readonly Part[], address: string): CredentialsDocument {
  const credentials = parts.map(({ value }) => inGraphSpelling(value));
  return {
    address,
    credentials,
    written: parts.map(({ value }) => value),
    enclosing: (list) => list,
    unresolved: parts.some(({ isTemplate }) => isTemplate) ? unresolvedIn(credentials) : [],
    origin: parts[0]?.origin && (() => parts.map(({ origin }) => origin?.()).join('\n')),
    duplicates: parts.flatMap(({ source, path }, index) =>
      duplicatesWithin(source, path).map((one) => ({ ...one, path: [index, ...one.path] })),
    ),
    positionOf: ([index, ...inner]) => {
      const part = parts[Number(index ?? 0)] ?? parts[0];
      return part ? placeOf(part, inner) : { line: 1, column: 1 };
    },
  };
}

/** The nearest that is there, as whoever wrote it names its members. @param inner - as Microsoft Graph names them */
function placeOf({ source, path, value }: Part, inner: JsonPath): Position {
  for (let length = inner.length; length > 0; length -= 1) {
    const written = writtenPath(value, inner.slice(0, length));
    // Where functions of a template were resolved, `properties` may stand in the source alone.
    const position =
      written && (source.positionOf([...path, ...written]) ?? source.positionOf([...path, 'properties', ...written]));
    if (position) return position;
  }
  return positionIn(source, path);
}

/** The list in a part. */
export function credentialList(part: Part, list: readonly unknown[]): CredentialsDocument {
  const items = list.map((value, index) => ({ ...part, path: [...part.path, index], value }));
  const document = credentialsDocument(items, part.address ?? jsonPointer(part.path));
  return { ...document, positionOf: (inner) => (inner.length > 0 ? document.positionOf(inner) : placeOf(part, [])) };
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
  const members = membersOf(inGraphSpelling(value)) ?? {};
  return { ...members, ...(membersOf(inGraphSpelling(members.properties)) ?? {}) };
}
