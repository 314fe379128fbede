import { conditionKeysOf, conditionPrefix, type LoginService, loginServices } from '@fedbridge/issuers';
import { operatorOf } from './condition.ts';
import { type Finding, finding } from './finding.ts';
import { saysWhich } from './lint-constraints.ts';
import { claimOfKey, type Provider } from './lint-provider.ts';
import { exampleSentence } from './lint-width.ts';
import type { Condition, Statement } from './policy.ts';
import type { RuleId } from './rules.ts';
import { type Admitted, isUnbounded } from './who/admitted.ts';
import { type Grant, whoIsGranted } from './who/who.ts';

/** Whoever likes has an account at a login service: who of them is allowed is what `who` answers. */
export function loginFindings(
  statement: Statement,
  { iss }: Provider,
  { grant, now }: { readonly grant: Grant; readonly now: number },
  where: string,
): Finding[] {
  const admitted = whoIsGranted(grant, [], now);
  const host = conditionPrefix(iss);
  const add = (rule: RuleId, message: string) => [finding(rule, where, message)];
  const unsaid = unsaidApplication(statement, iss);
  const about = unsaid.map((one) => `${host}:${one}`).join(' or ');
  const example = exampleOf(admitted, unsaid, iss);
  const unscoped = unscopedKey(statement, iss);
  const common = [
    ...(unsaid.length === 0 ? [] : add('aws/no-aud', `Nothing is said of whom a token is for: ${about}. ${example}`)),
    ...(unscoped === undefined ? [] : add('aws/required-claim', unscoped)),
  ];
  if (admitted.isGivenUp) return [...common, ...add('not-decided', `Of ${host}.`)];
  if (!isUnbounded(admitted.reach)) return common;
  const [rule, message] = ofWhom(admitted, host);
  const tested = statement.conditions.flatMap(({ key }) => claimOfKey(key, iss) ?? []);
  return [...common, ...add(rule, `${message} ${exampleOf(admitted, tested, iss)}`)];
}

/** An application is a boundary of its own: whoever signs in to it is one of its users. */
function ofWhom({ reach, applications }: Admitted, host: string): readonly [rule: RuleId, message: string] {
  const service = serviceAt(host);
  const title = service?.title ?? host;
  const [application] = applications ?? [];
  if (application === undefined) return ['aws/any-owner', `Whoever has an account at ${title} is allowed.`];
  const guests = reach === 'anybody' ? service?.guests : undefined;
  if (guests) return ['aws/guests', `Nothing keeps those out whose ${guests.claim} is ${guests.value}.`];
  return ['aws/any-user', `${application} at ${title} is all that is named.`];
}

/** Somebody who is allowed, with some condition keys. */
function exampleOf({ witness }: Admitted, names: readonly string[], iss: string): string {
  if (!witness) return exampleSentence(witness);
  const told = [...new Set(names)]
    .filter((name) => name !== 'sub')
    .flatMap((name) => {
      const { claims = [name] } = conditionKeysOf(iss).find((key) => key.name === name) ?? {};
      const value = claims.map((claim) => witness.claims[claim]).find((one) => one !== undefined);
      return value === undefined ? [] : [`${name} ${[value].flat().join(' and ')}`];
    });
  return exampleSentence(witness).replace(/\.$/, told.length === 0 ? '.' : ` with ${told.join(', ')}.`);
}

/**
 * The condition keys that tell what application a token is for, where a statement does not say enough of them. A token for another, to which
 * the same user signed in, is in the hands of whoever runs that.
 */
function unsaidApplication({ conditions }: Statement, iss: string): readonly string[] {
  const { application = ['aud'], account } = serviceAt(conditionPrefix(iss)) ?? {};
  const own = conditions.filter((one) => application.includes(claimOfKey(one.key, iss) ?? '') && saysWhich(one));
  const closed = own.filter((one) => !hasPatterns(one) || !one.values.some((value) => value.includes('*')));
  // Where an account stands in the place of an application its token may be for anybody.
  const isOfAccount = ({ key, values }: Condition) =>
    claimOfKey(key, iss) === 'aud' && values.every((value) => account?.test(value));
  if (closed.some((one) => !isOfAccount(one))) return [];
  return closed.length > 0 ? ['oaud'] : application;
}

const hasPatterns = ({ operator }: Condition) => operatorOf(operator).name === 'StringLike';

/** What a statement does not say of the condition keys that IAM asks for; undefined where it says enough, or IAM asks for none. */
function unscopedKey({ conditions }: Statement, iss: string): string | undefined {
  const { keys = [], isExact } = serviceAt(conditionPrefix(iss))?.demanded ?? {};
  const counting = ['StringEquals', 'StringEqualsIgnoreCase', ...(isExact ? [] : ['StringLike'])];
  const isEvaluated = conditions.some(({ operator, key, values }) => {
    const claim = claimOfKey(key, iss) ?? '';
    const isKey = keys.includes(claim) && (!isExact || key.endsWith(`:${claim}`));
    return (
      isKey &&
      counting.includes(operator.replace(/^For(AnyValue|AllValues):/, '')) &&
      (isExact || !values.includes('*'))
    );
  });
  if (keys.length === 0 || isEvaluated) return undefined;
  return `Nothing is said of ${keys.join(' or ')}${isExact ? ' with StringEquals' : ''}.`;
}

const serviceAt = (host: string): LoginService | undefined => loginServices.find((one) => one.host === host);
