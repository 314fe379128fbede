import { awsAudience, isAwsAudience } from '@fedbridge/issuers';
import { type Finding, finding } from './finding.ts';
import { pathOfCondition, saysWhich } from './lint-constraints.ts';
import { claimOfKey, concerns, type Provider } from './lint-provider.ts';
import { exampleSentence } from './lint-width.ts';
import type { Condition, Statement } from './policy.ts';
import { type Grant, whoIsGranted } from './who/who.ts';

/** Source: captures of real STS, radkawar/stackd, 2026-09-11: everybody is whoever signs in to AWS, and authorizes no web identity. */
export function anyPrincipal(statement: Statement): string {
  const isOfNobody = statement.federated.length === 0 && !concerns(statement, 'sts:assumerole');
  return `The principal is *.${isOfNobody ? ' That is no provider of web identities: nobody is allowed by this statement.' : ''}`;
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
