import { conditionKeysOf, conditionPrefix } from '@fedbridge/issuers';
import { holds, operatorOf } from './condition.ts';
import { type Finding, finding } from './finding.ts';
import { pathOfCondition } from './lint-constraints.ts';
import { claimOfKey, mayBeFilled, type Provider } from './lint-provider.ts';
import { operators } from './operators.ts';
import type { Condition, Statement } from './policy.ts';
import { withoutDefault } from './variables.ts';
import { isKeyOfRequest } from './web-identity.ts';

/** Conditions of a statement on keys that are never there. @param providers - of the statement, or of those that it denies */
export function keyFindings(
  statement: Statement,
  { providers, knowsVariables }: { readonly providers: readonly Provider[]; readonly knowsVariables: boolean },
  where: string,
): readonly Finding[] {
  const ofVariables = knowsVariables ? variableFindings(statement, providers, where) : [];
  return [...ofVariables, ...keysFindings(statement, providers, where)];
}

/** Values with variables that no token has, and no default. */
function variableFindings({ conditions }: Statement, providers: readonly Provider[], where: string): Finding[] {
  return conditions.flatMap((condition) =>
    operators.get(operatorOf(condition.operator).name)?.hasVariables
      ? condition.values.flatMap((value, index) => {
          if (withoutDefault(value).includes('')) {
            const message = `In ${JSON.stringify(value)} a variable has no name: it equals nothing.`;
            return finding('never-matches', where, message, pathOfCondition(condition, index));
          }
          const key = withoutDefault(value).find((one) => whyNeverFilled(one, providers) !== undefined);
          const found = key === undefined ? undefined : whyNeverFilled(key, providers);
          const message = `${found?.why} With it as a variable, ${JSON.stringify(value)} equals nothing.`;
          return found ? [finding(found.rule, where, message, pathOfCondition(condition, index))] : [];
        })
      : [],
  );
}

function keysFindings(statement: Statement, providers: readonly Provider[], where: string): readonly Finding[] {
  return statement.conditions.flatMap((condition) => {
    const found = whyNeverFilled(condition.key, providers);
    const at = pathOfCondition(condition);
    if (found) return [finding(found.rule, where, `${found.why} ${effectOf(statement, condition)}`, at)];
    if (statement.effect === 'Deny' || holds(condition, new Map())) return [];
    // One of several providers has the key: tokens of the others do not.
    const others = providers.filter((one) => whyNeverFilled(condition.key, [one])?.rule === 'aws/foreign-key');
    return others.map(({ iss }) => {
      const why = `Tokens of ${conditionPrefix(iss)} never have ${condition.key}`;
      return finding('aws/foreign-key', where, `${why}: this statement allows none of them.`, at);
    });
  });
}

/** Whether a statement allows nobody of a provider, since it demands what is never there. */
export function allowsNobodyOf({ conditions }: Statement, provider: Provider): boolean {
  return conditions.some((one) => whyNeverFilled(one.key, [provider]) !== undefined && !holds(one, new Map()));
}

interface NeverFilled {
  readonly rule: 'aws/foreign-key' | 'aws/unfilled-key';
  readonly why: string;
}

function whyNeverFilled(key: string, providers: readonly Provider[]): NeverFilled | undefined {
  const lower = key.toLowerCase();
  // Source: Service Authorization Reference, AWS STS: the condition keys of AssumeRoleWithWebIdentity.
  if (lower === 'sts:externalid') return { rule: 'aws/unfilled-key', why: `${key} is there for sts:AssumeRole alone.` };
  if (providers.length === 0 || isKeyOfRequest(key)) return undefined;
  const own = providers.filter(({ iss }) => claimOfKey(key, iss) !== undefined);
  if (own.length === 0) {
    const prefixes = providers.map(({ iss }) => `${conditionPrefix(iss)}:`).join(' or ');
    return {
      rule: 'aws/foreign-key',
      why: `${key.trim() === '' ? JSON.stringify(key) : key} is no key of this provider, whose keys begin with ${prefixes}.`,
    };
  }
  if (own.some(({ iss }) => mayBeFilled(key, iss) || isFilled(claimOfKey(key, iss) ?? '', iss))) return undefined;
  return { rule: 'aws/unfilled-key', why: `STS never fills ${key}, whatever is in the token.` };
}

function isFilled(name: string, iss: string): boolean {
  return conditionKeysOf(iss).some((one) => one.name.toLowerCase() === name);
}

/** What a condition on a key that is never there does to its statement. */
function effectOf({ effect }: Statement, condition: Condition): string {
  const isTrue = holds(condition, new Map());
  if (effect === 'Allow') return isTrue ? 'The condition has no effect.' : 'Nobody is allowed by this statement.';
  return isTrue ? 'The denial is no narrower for it.' : 'Nobody is denied by this statement.';
}
