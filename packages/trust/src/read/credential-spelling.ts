import type { AnyFederatedCredential } from '../federated-credential.ts';
import type { JsonPath } from '../json.ts';
import { type Members, membersOf } from './trust-document.ts';

/**
 * A federated credential with its members named as Microsoft Graph names them, however a tool does: capitalised by PowerShell, `audience`
 * by Az and azurerm, `display_name` by azuread. What is named right already is given back itself, with whatever else it has.
 */
export function inGraphSpelling(value: unknown): unknown {
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

/** A credential in the spelling of another one, with what else that has, but for what a service noted when it made it. */
export function inSpellingOf(written: object, { name, ...members }: AnyFederatedCredential): Members {
  const own = Object.fromEntries(Object.entries(written).filter(([member]) => !isOfOneAlone(member)));
  const around = memberNamed('properties', own);
  const properties = around === undefined ? undefined : membersOf(own[around]);
  if (around === undefined || !properties) return withMembers(own, { name, ...members });
  return { ...withMembers(own, { name }), [around]: withMembers(properties, members) };
}

function withMembers(own: Members, members: Members): Members {
  const spelled = Object.entries(members).map(([name, value]) => {
    const there = memberNamed(name, own);
    return there === undefined ? [name, value] : [there, inFormOf(own[there], value)];
  });
  return { ...own, ...Object.fromEntries(spelled) };
}

/** Where a member stands in a credential as it is written, with or without `properties` around; undefined where it does not. */
export function writtenPath(written: unknown, [member, ...rest]: JsonPath): JsonPath | undefined {
  const own = membersOf(written);
  if (!own || typeof member !== 'string') return undefined;
  const name = memberNamed(member, own);
  if (name !== undefined) return [name, ...rest];
  const around = memberNamed('properties', own);
  const inner =
    around === undefined || member === 'properties' ? undefined : writtenPath(own[around], [member, ...rest]);
  return inner && around !== undefined ? [around, ...inner] : undefined;
}

/** What a member of Graph's is called here. */
function memberNamed(name: string, own: Members): string | undefined {
  return name in own ? name : Object.keys(own).find((one) => graphName(one) === name);
}

/** The other way round than `graphValue`. */
function inFormOf(written: unknown, value: unknown): unknown {
  const [first] = Array.isArray(value) ? value : [];
  if (typeof written === 'string') return first ?? membersOf(value)?.value ?? value;
  const [own, members] = [membersOf(written), membersOf(value)];
  return own && members ? withMembers(own, members) : value;
}

function isOfOneAlone(member: string): boolean {
  const name = member.toLowerCase();
  return ['id', 'etag', 'credential_id'].includes(name) || name.startsWith('systemdata') || name.startsWith('@');
}
