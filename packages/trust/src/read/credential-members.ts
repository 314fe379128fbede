import { type Members, membersOf } from './trust-document.ts';

/**
 * A federated credential with its members named as Microsoft Graph names them, however a tool does: capitalised by PowerShell, `audience`
 * by Az and azurerm, `display_name` by azuread. What is named right already is given back itself, with whatever else it has.
 */
export function credentialMembers(value: unknown): unknown {
  const members = membersOf(value);
  if (!members || Object.keys(members).every((name) => graphName(name) === name)) return value;
  const own = Object.entries(members);
  const renamed = own.filter(([name]) => graphName(name) !== name && !(graphName(name) in members));
  return Object.fromEntries([
    ...own.filter(([name]) => graphName(name) === name),
    ...renamed.map(([name, member]) => [graphName(name), /^audience$/i.test(name) ? asList(member) : member] as const),
  ]);
}

/** PowerShell writes a list of one as its only item in places. */
const asList = (value: unknown) => (typeof value === 'string' ? [value] : value);

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

/** Whether this is a federated credential, whatever stands around it. */
export function isCredential(value: unknown): boolean {
  const { issuer, audiences, claimsMatchingExpression } = ownMembers(value);
  return typeof issuer === 'string' && (Array.isArray(audiences) || membersOf(claimsMatchingExpression) !== undefined);
}

/** Whether this is meant for one, in a list of others: something of it may be missing. */
export function resemblesCredential(value: unknown): boolean {
  const members = ownMembers(value);
  const has = ['issuer', 'subject', 'audiences', 'claimsMatchingExpression'].filter((name) => name in members);
  return has.length > 1;
}

/** With or without `properties` around, as Azure Resource Manager has it. */
function ownMembers(value: unknown): Members {
  const members = (membersOf(credentialMembers(value)) ?? {}) as Members;
  return { ...members, ...(membersOf(credentialMembers(members.properties)) ?? {}) };
}
