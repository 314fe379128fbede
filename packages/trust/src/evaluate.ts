import { matchesPattern } from '@fedbridge/core';
import { type ConditionContext, holds } from './condition.ts';
import type { Condition, Statement, TrustPolicy } from './policy.ts';

/** Who asks for what. */
export interface TrustRequest {
  /** The ARN of the OIDC provider that the token was verified with; for a role that assumes another, its ARN. */
  readonly principal: { readonly provider: string } | { readonly role: string; readonly account: string };
  readonly action: string;
  /** Condition keys, `<issuer without https://>:sub` for example, with their values. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

export type Evaluation =
  | { readonly allowed: true; readonly statement: number }
  | { readonly allowed: false; readonly why: 'denied'; readonly statement: number }
  | { readonly allowed: false; readonly why: 'no statement'; readonly failed: readonly FailedStatement[] };

/** A statement that would have allowed, and the first part of it that did not hold. */
interface FailedStatement {
  readonly statement: number;
  readonly part: 'principal' | 'action' | Condition;
}

/**
 * Whether a role's trust policy lets a web identity in: an explicit deny wins, else one statement must allow.
 * Source: IAM User Guide, "Policy evaluation logic".
 *
 * @throws MalformedPolicyError for a condition operator that is not known
 */
export function evaluateTrustPolicy(policy: TrustPolicy, request: TrustRequest): Evaluation {
  const context: ConditionContext = new Map(
    Object.entries(request.context).map(([key, value]) => [
      key.toLowerCase(),
      typeof value === 'string' ? [value] : value,
    ]),
  );
  const outcomes = policy.statements.map((statement) => ({
    statement,
    part: failingPart(statement, request, context),
  }));
  const denied = outcomes.findIndex(({ statement, part }) => statement.effect === 'Deny' && part === undefined);
  if (denied >= 0) return { allowed: false, why: 'denied', statement: denied };
  const allowed = outcomes.findIndex(({ statement, part }) => statement.effect === 'Allow' && part === undefined);
  if (allowed >= 0) return { allowed: true, statement: allowed };
  const failed = outcomes.flatMap(({ statement, part }, index) =>
    statement.effect === 'Allow' && part !== undefined ? [{ statement: index, part }] : [],
  );
  return { allowed: false, why: 'no statement', failed };
}

function failingPart(
  { federated, aws, actions, conditions }: Statement,
  { principal, action }: TrustRequest,
  context: ConditionContext,
): FailedStatement['part'] | undefined {
  const named =
    'provider' in principal
      ? federated.some((arn) => arn === '*' || arn === principal.provider)
      : aws.some((arn) => ['*', principal.role, principal.account].includes(arn) || isAccount(arn, principal.account));
  if (!named) return 'principal';
  if (!actions.some((pattern) => matchesPattern(action.toLowerCase(), pattern.toLowerCase()))) return 'action';
  return conditions.find((condition) => !holds(condition, context));
}

function isAccount(arn: string, account: string): boolean {
  return /^arn:[a-z-]+:iam::(\d{12}):root$/.exec(arn)?.[1] === account;
}
