import type { JsonPath } from '../json.ts';
import { textOfJson } from '../json-text.ts';
import { ofOwnAccount } from './own-account.ts';
import { type Members, membersOf, type Part, type Unresolved } from './trust-document.ts';
import { withTexts } from './with-texts.ts';

/** What stands in a document in the place of something unresolved: readable, and unlike any name. */
export function placeholder(expression: string): string {
  return `⟨${expression.replaceAll(/[⟨⟩]/g, '')}⟩`;
}

/** Whether nothing is known of a value. */
export const isHidden = (value: unknown) => typeof value === 'string' && /^⟨[^⟩]*⟩$/.test(value);

/** A trust policy of which no more is known than that something in a template gives one. @param part - where that stands */
export function hiddenPolicy(expression: string, part: Part): Part {
  const { origin = () => textOfJson(part.value) } = part;
  return { ...part, value: { AssumeRolePolicyDocument: placeholder(expression) }, isTemplate: true, origin };
}

/** Every placeholder within a value, in order. */
export function unresolvedIn(value: unknown, path: JsonPath = []): readonly Unresolved[] {
  if (typeof value === 'string') {
    const isOfProvider = path.at(-1) === 'Federated' || path.at(-2) === 'Federated' ? anyProvider.test(value) : false;
    const settled = isOfProvider
      ? { isOfProvider }
      : ofOwnAccount(value, path)
        ? ({ isOwnAccount: true } as const)
        : {};
    return expressionsIn(value).map((expression) => ({ path, expression, ...settled }));
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => unresolvedIn(item, [...path, index]));
  return Object.entries(membersOf(value) ?? {}).flatMap(([name, member]) => [
    ...expressionsIn(name).map((expression) => ({ path, expression })),
    ...unresolvedIn(member, [...path, name]),
  ]);
}

/** Whether who is allowed may depend on it. */
export const matters = ({ isOfProvider, isOwnAccount }: Unresolved) => !isOfProvider && !isOwnAccount;

/**
 * A policy with placeholders for what Terraform puts into its principals, `${aws_iam_openid_connect_provider.github.arn}`: IAM has no variables
 * there. What names the account of an OIDC provider alone stays: it makes no difference, and can be printed again.
 * Source: IAM User Guide, "IAM policy elements: Variables and tags", "Where you can use policy variables".
 */
export function withHiddenPrincipals(policy: object): object {
  const { Statement: listed } = policy as Members;
  const statements = [listed].flat();
  const next = statements.map((one) => {
    const members = membersOf(one);
    const named = principalMembers.filter((name) => members && interpolation.test(textOfJson(members[name]) ?? ''));
    if (named.length === 0) return one;
    const hidden = named.map((name) => [name, withHiddenInterpolations(members?.[name])] as const);
    return hidden.every(([name, value]) => textOfJson(value) === textOfJson(members?.[name]))
      ? one
      : { ...members, ...Object.fromEntries(hidden) };
  });
  if (next.every((one, index) => one === statements[index])) return policy;
  return { ...policy, Statement: Array.isArray(listed) ? next : next[0] };
}

const principalMembers = ['Principal', 'NotPrincipal'];
const interpolation = /\$\{[^}]*\}/;

const withHiddenInterpolations = (value: unknown) =>
  withTexts(value, (text) =>
    anyProvider.test(text) ? text : text.replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => placeholder(name)),
  );

/** A value with something else in the place of each placeholder. @param member - that it is, or that it is listed in */
export function filled(value: unknown, filler: Filler, member = ''): unknown {
  if (typeof value === 'string') return filledText(value, filler, member);
  if (Array.isArray(value)) return value.map((item) => filled(item, filler, member));
  const members = membersOf(value);
  if (!members) return value;
  return Object.fromEntries(
    Object.entries(members).map(([name, inner]) => [filledText(name, filler, ''), filled(inner, filler, name)]),
  );
}

/** What stands in the place of what is not resolved. */
export interface Filler {
  /** Of a text that is unresolved as a whole. */
  readonly whole: string;
  /** In the place of `whole` for what is a certain member, or listed in it. */
  readonly members?: Readonly<Record<string, string>>;
  /** Of a part of a text. */
  readonly part: string;
}

function filledText(text: string, { whole, part, members = {} }: Filler, member: string): string {
  if (!isHidden(text)) return text.replaceAll(placeholders, part);
  return (Object.hasOwn(members, member) ? members[member] : undefined) ?? whole;
}

/** An OIDC provider of which no more is hidden than whose it is: all its tokens are by its issuer. */
const anyProvider = /^arn:(⟨[^⟩]*⟩|\$\{[^}]*\}|aws[a-z-]*):iam::(⟨[^⟩]*⟩|\$\{[^}]*\}|\d{12}):oidc-provider\/[^⟨⟩${}]+$/;

const placeholders = /⟨([^⟩]*)⟩/g;
const expressionsIn = (text: string) => [...text.matchAll(placeholders)].map(([, expression = '']) => expression);

/**
 * Whether what is not resolved leaves a policy's own shape unknown: a statement, its effect, a principal's kind, a condition's operator
 * or key. What is unknown within a value leaves the rest to be judged.
 */
export function hidesShape({ path }: Unresolved): boolean {
  const [statements, ...rest] = path;
  if (statements !== 'Statement') return true;
  const [member, kind, key] = typeof rest[0] === 'number' ? rest.slice(1) : rest;
  if (member === 'Sid' || member === 'Action') return false;
  if (member === 'Principal') return kind === undefined;
  if (member === 'Condition') return kind === undefined || key === undefined;
  return true;
}
