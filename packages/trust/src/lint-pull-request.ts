import { conditionPrefix, gitHubSubjectParts } from '@fedbridge/issuers';
import { holds } from './condition.ts';
import { concerns, type Provider } from './lint-provider.ts';
import type { Reach } from './lint-width.ts';
import type { Statement } from './policy.ts';

/**
 * Whether a statement that fits pull requests of a repository keeps them out all the same: by what it says that they must not be, or
 * by a denial of the same action, for the same provider, of which every condition holds for them.
 */
export function keepsPullRequestsOut(
  statement: Statement,
  all: readonly Statement[],
  { iss }: Provider,
  { subject = '' }: Reach,
): boolean {
  const { owner, project } = gitHubSubjectParts(subject.replaceAll(/[*?]/g, '1')) ?? {};
  if (owner === undefined || project === undefined) return false;
  const prefix = conditionPrefix(iss).toLowerCase();
  const names = `${owner.split('@')[0]}/${project.split('@')[0]}`;
  const context = new Map([
    [`${prefix}:sub`, [`repo:${owner}/${project}:pull_request`]],
    [`${prefix}:repository`, [names]],
    [`${prefix}:ref`, ['refs/pull/1/merge']],
  ]);
  const isTold = ({ key }: { readonly key: string }) => context.has(key.toLowerCase());
  if (statement.conditions.some((one) => isTold(one) && /Not/.test(one.operator) && !holds(one, context))) return true;
  return all.some(
    (denial) =>
      denial.effect === 'Deny' &&
      concerns(denial, 'sts:assumerolewithwebidentity') &&
      isFor(denial, statement) &&
      !denial.notPrincipal &&
      denial.conditions.every((one) => isTold(one) && holds(one, context)),
  );
}

function isFor({ federated, aws }: Statement, { federated: own }: Statement): boolean {
  return aws.includes('*') || federated.includes('*') || own.every((arn) => federated.includes(arn));
}
