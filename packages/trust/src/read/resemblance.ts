import { matchesPattern } from '@fedbridge/core/pattern';
import { membersOf } from './trust-document.ts';

/** By which somebody becomes a role. Source: Service Authorization Reference, "AWS Security Token Service". */
const assuming = ['sts:assumerole', 'sts:assumerolewithwebidentity', 'sts:assumerolewithsaml'];

/**
 * Whether a value is a statement of a trust policy, wherever it stands: it says who, names no resource, and may be about becoming a role.
 * Policies of resources name theirs, but for those of ECR, which are about other actions.
 */
function isTrustStatement(value: unknown): boolean {
  const members = membersOf(value);
  if (!members || !('Principal' in members || 'NotPrincipal' in members)) return false;
  if ('Resource' in members || 'NotResource' in members) return false;
  return 'NotAction' in members || mayAssume(members.Action);
}

/** Whether statements, one or a list of them, are those of a trust policy. */
export function areTrustStatements(value: unknown): boolean {
  return Array.isArray(value) ? value.some(isTrustStatement) : isTrustStatement(value);
}

/** What a value looks like that is none in any spelling that is read: it says all that one says. Undefined for everything else. */
export function resembled(value: unknown): 'a trust policy' | 'a federated credential' | undefined {
  const own = Object.entries(membersOf(value) ?? {});
  if (!own.some(([name]) => /princip|issuer/i.test(name))) return undefined;
  const members = new Map(own.map(([name, member]) => [plain(name), member]));
  const has = (...names: readonly string[]) => names.some((name) => members.has(name));
  if (has('issuer') && has('audience') && has('subject', 'claimsmatchingexpression')) return 'a federated credential';
  if (!has('principal', 'notprincipal') || has('resource', 'notresource')) return undefined;
  return has('notaction') || mayAssume(members.get('action')) ? 'a trust policy' : undefined;
}

/** `not_principals` is `notprincipal`. */
const plain = (name: string) =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '')
    .replace(/s$/, '');

/** What is no text is known to a template alone. */
function mayAssume(actions: unknown): boolean {
  const all: readonly unknown[] = Array.isArray(actions) ? actions : [actions];
  return all.some((one) => {
    if (typeof one !== 'string') return typeof one === 'object' && one !== null;
    return one.includes('⟨') || assuming.some((action) => matchesPattern(action, one.toLowerCase()));
  });
}

/** The same of a text in whatever language. */
export function resembledByText(text: string): ReturnType<typeof resembled> {
  if (principal.test(text) && /\bsts:[\w*?]/i.test(text)) return 'a trust policy';
  return credential.every((member) => member.test(text)) ? 'a federated credential' : undefined;
}

/** As a member of JSON, YAML or Terraform, also in quotes that a text in a text has, or as Terraform's block. */
const principal = /principals?\\*["']?\s*[:={]/i;
const credential = [
  /\bissuer\\*["']?\s*[:=]/i,
  /\b(?:subject|claims_?matching_?expression)\\*["']?\s*[:=]/i,
  /\baudiences?\\*["']?\s*[:=]/i,
];
