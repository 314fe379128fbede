import { awsAudience, isAwsAudience } from '@fedbridge/issuers';
import { type Finding, finding } from './finding.ts';
import { pathOfCondition, saysWhich } from './lint-constraints.ts';
import { claimOfKey, concerns, type Provider } from './lint-provider.ts';
import { exampleSentence } from './lint-width.ts';
import type { Condition, Statement } from './policy.ts';
import { type Grant, whoIsGranted } from './who/who.ts';
import { hasWildcard } from './wildcard.ts';

/** Source: captures of real STS, radkawar/stackd, 2026-09-11: everybody is whoever signs in to AWS, and authorizes no web identity. */
export function anyPrincipal(statement: Statement): string {
  const isOfNobody = statement.federated.length === 0 && !concerns(statement, 'sts:assumerole');
  return `The principal is *.${isOfNobody ? ' That is no provider of web identities: nobody is allowed by this statement.' : ''}`;
}

/**
 * Principals with a wildcard in their name. Source: IAM User Guide, "AWS JSON policy elements: Principal": "You cannot use a wildcard to match
 * part of a principal name or ARN".
 */
export function wildcardFindings(
  { aws, federated, services, notPrincipal }: Statement,
  where: string,
): readonly Finding[] {
  const member = notPrincipal ? 'NotPrincipal' : 'Principal';
  const named = [
    ...aws.map((name) => ({ name, at: [member, 'AWS'] })),
    ...federated.map((name) => ({ name, at: [member, 'Federated'] })),
    ...services.map((name) => ({ name, at: [member] })),
  ];
  return named
    .filter(({ name }) => name !== '*' && hasWildcard(name))
    .map(({ name, at }) =>
      finding('aws/malformed', where, `The principal is ${name}: IAM takes no wildcard in a name.`, at),
    );
}

/** Every service. Of each name IAM looks whether there is such a service: "Invalid principal in policy" [hashicorp/terraform#35086]. */
export function serviceFindings(statement: Statement, where: string): readonly Finding[] {
  const { effect, services } = statement;
  if (effect === 'Deny' || !services.includes('*') || !concerns(statement, 'sts:assumerole')) return [];
  return [finding('aws/any-service', where, 'The principal is * among services.', ['Principal'])];
}

/** Everybody's roles and users, in whatever account. */
export function accountFindings(
  statement: Statement,
  grant: Grant | undefined,
  where: string,
  now: number,
): readonly Finding[] {
  const { effect, aws, conditions } = statement;
  // In an Allow everybody is whoever signs in to AWS: it authorizes no web identity.
  if (effect === 'Deny' || !grant || !aws.includes('*')) return [];
  const { reach, isGivenUp, witness } = whoIsGranted(grant, [], now);
  if (isGivenUp) return [finding('not-decided', where, 'Of AWS principals.', ['Principal'])];
  if (reach !== 'any account' || conditions.some(isOfOwn)) return [];
  const isShared = conditions.some(({ key }) => /^sts:externalid$/i.test(key));
  const named = isShared ? ' An external id is no secret: whoever may read the role sees it.' : '';
  const message = `The principal is * for sts:AssumeRole.${named} ${exampleSentence(witness)}`;
  return [finding('aws/any-account', where, message, ['Principal'])];
}

/** Whether a principal must be of the role's own account or organization. The variables of that the decision does not read. */
const isOfOwn = (condition: Condition) =>
  saysWhich(condition) &&
  !/^ForAllValues:|IfExists$/.test(condition.operator) &&
  /^aws:principal(account|org(id|paths))$/i.test(condition.key) &&
  condition.values.every((value) => /^\$\{aws:Resource(Account|OrgID|OrgPaths)\}$/i.test(value));

/** Audiences of another partition than the providers'. */
export function partitionFindings(
  { federated, conditions }: Statement,
  own: readonly Provider[],
  where: string,
): readonly Finding[] {
  const wanted = awsAudience(federated.some((arn) => partitionOf(arn) === 'aws-cn') ? 'aws-cn' : 'aws');
  const ofAudience = conditions.filter(({ key }) => own.some(({ iss }) => claimOfKey(key, iss) === 'aud'));
  return ofAudience.flatMap((condition) =>
    condition.values.flatMap((audience, index) =>
      isAwsAudience(audience) && audience !== wanted
        ? finding('aws/wrong-partition', where, `The audience is ${audience}.`, pathOfCondition(condition, index))
        : [],
    ),
  );
}

/** Empty for what is no ARN of IAM's. */
export const partitionOf = (arn: string) => /^arn:([\w-]+):iam::/.exec(arn)?.[1] ?? '';
