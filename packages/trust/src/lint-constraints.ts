import { operatorOf } from './condition.ts';
import { type Finding, finding } from './finding.ts';
import type { JsonPath } from './json.ts';
import { type HowSure, whyNoAudience, whyNoClaim, whyNoSubject } from './lint-never.ts';
import { claimOfKey, isChecked, type Provider } from './lint-provider.ts';
import type { Condition, Statement } from './policy.ts';
import type { RuleId } from './rules.ts';
import { hasWildcard } from './wildcard.ts';

/** What a statement, or an expression, demands of one claim: one of the values. */
export interface Constraint {
  readonly claim: string;
  /** Patterns of `*` and `?`, or exact texts. */
  readonly values: readonly string[];
  /** Of the subject: the condition, and its values as they are written. */
  readonly condition?: Condition;
  readonly written?: readonly string[];
}

/** What a statement demands of the tokens of one provider. */
export interface Demands {
  /** What can hold a token to somebody. */
  readonly constraints: readonly Constraint[];
  /** Whether nothing but one audience, or a few, will do. */
  readonly audience: 'demanded' | 'any' | 'unsaid';
  /** Where any will do, what it must fit. */
  readonly openAudiences: readonly string[];
  /** Values that no token has. */
  readonly findings: readonly Finding[];
  /** Whether a condition has such values alone: nobody of the provider is allowed. */
  readonly never: boolean;
}

/** Claims that each token has: STS refuses one without. */
const always: readonly string[] = ['sub', 'aud'];

/** Where a condition stands in its statement. @param value - which of its values is meant, where it is one of several */
export const pathOfCondition = ({ operator, key }: Condition, value?: number): JsonPath => [
  ...['Condition', operator, key],
  ...(value === undefined ? [] : [value]),
];

interface Asked {
  readonly statement: Statement;
  readonly provider: Provider;
  readonly where: string;
  /** Whether the policy's version has variables. */
  readonly knowsVariables: boolean;
  /** Whether it is certain that no token meets a condition. */
  readonly isMetByNobody: (condition: Condition) => boolean;
}

/** What the conditions of a statement ask of a token, and what is wrong with them. */
export function demandsOf({ statement, provider, where, knowsVariables, isMetByNobody }: Asked): Demands {
  const findings: Finding[] = [];
  const constraints: Constraint[] = [];
  let never = false;
  const { conditions } = statement;
  for (const condition of conditions) {
    const claim = claimOfKey(condition.key, provider.iss);
    if (claim === undefined || !demands(condition)) continue;
    const read = condition.values.map((value) => readValue(condition, value, knowsVariables));
    const possible: Value[] = [];
    for (const [index, value] of read.entries()) {
      const fault = faultOf(provider, claim, value, 'No');
      const plain = { ...condition, operator: operatorOf(condition.operator).name, values: [value.text] };
      const isNever = fault !== undefined && isMetByNobody(plain);
      if (fault) {
        const isSure = isNever || fault.rule === 'aws/literal-wildcard';
        const { why } = (!isSure && faultOf(provider, claim, value, 'Hardly any')) || fault;
        findings.push(finding(isSure ? fault.rule : 'hardly-matches', where, why, pathOfCondition(condition, index)));
      }
      if (!isNever) possible.push(value);
    }
    const values = possible.map(({ pattern }) => pattern);
    // What is not said where a claim is missing holds nobody to it, but of claims that are always there.
    if (!isSure(condition, conditions) && !always.includes(claim)) continue;
    if (values.length === 0) never = true;
    else constraints.push({ claim, values, condition, written: possible.map(({ text }) => text) });
  }
  const audiences = constraints.filter(({ claim }) => claim === 'aud' || claim === 'oaud');
  // Where the audience names whose a token is, it holds a token to somebody.
  const isOfOwner = provider.issuer?.ownerClaims.some(({ claim }) => claim === 'aud') === true;
  // Who may choose an audience chooses any that fits.
  const isChosen = !isOfOwner && provider.issuer?.audiences.chosenBy === 'job';
  const open = audiences.flatMap(
    ({ values }) => values.find(isAnything) ?? values.find((one) => isChosen && one.includes('*')) ?? [],
  );
  const areOpen = open.length === audiences.length;
  const audience = audiences.length === 0 ? 'unsaid' : areOpen ? 'any' : 'demanded';
  const telling = constraints.filter((one) => !audiences.includes(one) || (isOfOwner && one.claim === 'aud'));
  return { constraints: telling, audience, openAudiences: areOpen ? open : [], findings, never };
}

/** Whether a pattern says of a value no more than that there is one. */
export const isAnything = (pattern: string) => /^[*?]+$/.test(pattern) && pattern.includes('*');

/** Whether a condition holds its key to some values. */
export const saysWhich = (condition: Condition) => demands(condition) && !condition.values.some(isAnything);

/** More than a number, or before a date, are too many values to hold a key to one. */
const demands = ({ operator }: Condition) => !isOpen.test(operator) && !operatorOf(operator).negated;

const isOpen = /^Null$|(?:Less|Greater)Than/;

function isSure(condition: Condition, all: readonly Condition[]): boolean {
  const { set, ifExists } = operatorOf(condition.operator);
  return (set !== 'ForAllValues' && !ifExists) || isChecked(condition, all);
}

interface Value {
  readonly text: string;
  /** The value with wildcards where anything fits. */
  readonly pattern: string;
  readonly isPattern: boolean;
  /** Whether it has variables where the policy's version has none. */
  readonly isDead: boolean;
}

function readValue({ operator }: Condition, text: string, knowsVariables: boolean): Value {
  const { name } = operatorOf(operator);
  const isPattern = name === 'StringLike' || name.startsWith('Arn');
  const lower = name === 'StringEqualsIgnoreCase' ? text.toLowerCase() : text;
  let hasVariable = false;
  // A variable of the token itself is whatever its signer puts there; `${*}` and its like are letters.
  const pattern = lower.replace(/\$\{([^{}]*)\}/g, (whole, name: string) => {
    if (knowsVariables && name.length === 1 && '*?$'.includes(name)) return name === '$' ? '$' : '_';
    hasVariable = true;
    return knowsVariables ? '*' : whole;
  });
  return { text, pattern, isPattern, isDead: hasVariable && !knowsVariables };
}

/** Why hardly a token has this value; undefined where one may well. */
function faultOf(
  provider: Provider,
  claim: string,
  value: Value,
  how: HowSure,
): { readonly rule: RuleId; readonly why: string } | undefined {
  const { text, pattern, isPattern, isDead } = value;
  const what = claim === 'sub' ? 'subject' : claim;
  if (hasWildcard(text.replace(/\$\{[*?]\}/g, '')) && !isPattern)
    return { rule: 'aws/literal-wildcard', why: `The ${what} is ${text}.` };
  if (isDead)
    return {
      rule: 'never-matches',
      why: `The ${what} is ${text}: this Version of the policy language has no variables.`,
    };
  const why = whyNever(provider, claim, pattern, how);
  // It is told as it is written: `${*}` is a letter.
  const told = why?.replace(JSON.stringify(pattern), () => JSON.stringify(text));
  return told === undefined ? undefined : { rule: 'never-matches', why: told };
}

function whyNever(provider: Provider, claim: string, pattern: string, how: HowSure): string | undefined {
  if (claim === 'sub') return whyNoSubject(provider.iss, pattern, how);
  if (claim === 'aud' || claim === 'oaud') return whyNoAudience(provider, claim, pattern);
  return whyNoClaim(provider.iss, claim, pattern, how);
}
