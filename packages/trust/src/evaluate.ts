import { matchesPattern } from '@fedbridge/core/pattern';
import { type ConditionContext, holds } from './condition.ts';
import { newWork } from './operators.ts';
import type { Condition, Statement, TrustPolicy } from './policy.ts';

/** Who asks for what. */
export interface TrustRequest {
  /** The ARN of the OIDC provider that the token was verified with; for a role that assumes another, its ARN; or a service of AWS. */
  readonly principal:
    | { readonly provider: string }
    | { readonly role: string; readonly account: string }
    | { readonly service: string };
  readonly action: string;
  /** Condition keys, `<issuer without https://>:sub` for example, with their values. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
  /** The keys of the provider's own that STS can fill, by name: an explanation tells what is missing from what can never be there. */
  readonly ownKeys?: { readonly prefix: string; readonly names: readonly string[] } | undefined;
}

/** What a policy decides, and by which statement, counted from 0. */
export type Evaluation =
  | { readonly allowed: true; readonly statement: number }
  | { readonly allowed: false; readonly why: 'denied'; readonly statement: number }
  | { readonly allowed: false; readonly why: 'no statement'; readonly failed: readonly FailedStatement[] };

/** A statement that would have allowed, and the first part of it that did not hold. */
interface FailedStatement {
  readonly statement: number;
  readonly part: 'principal' | 'action' | Condition;
  /** The principal is everybody, which for a web identity is nobody. */
  readonly everybody?: true;
  /** The condition has a variable, which in a policy of this version is a text like any other. */
  readonly literalVariable?: true;
}

/**
 * Whether a role's trust policy allows a web identity: an explicit deny wins, else one statement must allow.
 * Source: IAM User Guide, "Policy evaluation logic".
 */
export function evaluateTrustPolicy({ version, statements }: TrustPolicy, request: TrustRequest): Evaluation {
  const context: ConditionContext = new Map(
    Object.entries(request.context).map(([key, value]) => [
      key.toLowerCase(),
      typeof value === 'string' ? [value] : value,
    ]),
  );
  // Source: IAM User Guide, "IAM JSON policy elements: Version".
  const knowsVariables = version === '2012-10-17';
  const work = newWork();
  const outcomes = statements.map((statement) => ({
    statement,
    part: failingPart(statement, request, (condition) => holds(condition, context, knowsVariables, work)),
  }));
  const denied = outcomes.findIndex(({ statement, part }) => statement.effect === 'Deny' && part === undefined);
  if (denied >= 0) return { allowed: false, why: 'denied', statement: denied };
  const allowed = outcomes.findIndex(({ statement, part }) => statement.effect === 'Allow' && part === undefined);
  if (allowed >= 0) return { allowed: true, statement: allowed };
  const failed = outcomes.flatMap(({ statement, part }, index): FailedStatement[] => {
    if (statement.effect === 'Deny' || part === undefined) return [];
    const hasVariable = typeof part === 'object' && part.values.some((value) => value.includes('${'));
    return [
      {
        statement: index,
        part,
        ...(part === 'principal' && statement.aws.includes('*') ? { everybody: true } : {}),
        ...(hasVariable && !knowsVariables ? { literalVariable: true } : {}),
      },
    ];
  });
  return { allowed: false, why: 'no statement', failed };
}

function failingPart(
  statement: Statement,
  { principal, action }: TrustRequest,
  conditionHolds: (condition: Condition) => boolean,
): FailedStatement['part'] | undefined {
  if (isOf(statement, principal) === statement.notPrincipal) return 'principal';
  const lower = action.toLowerCase();
  if (statement.actions.some((pattern) => matchesPattern(lower, pattern.toLowerCase())) === statement.notAction)
    return 'action';
  return statement.conditions.find((condition) => !conditionHolds(condition));
}

/** Whether a statement names a principal. */
function isOf(
  { effect, notPrincipal, federated, aws, services }: Statement,
  principal: TrustRequest['principal'],
): boolean {
  if ('role' in principal)
    return aws.some(
      (arn) => ['*', principal.role, principal.account].includes(arn) || isAccount(arn, principal.account),
    );
  if ('service' in principal) return services.includes(principal.service) || (effect === 'Deny' && aws.includes('*'));
  // Everybody is denied, but nobody allowed: to STS `*` does not authorize a web identity [captures in radkawar/stackd, 2026-09-11].
  if (effect === 'Deny' && aws.includes('*')) return true;
  // That `*` as a provider is any of the account's was not seen: it is read as what lets more in, of a denial too.
  const ofAny = (effect === 'Allow') !== notPrincipal;
  return federated.some((arn) => (arn === '*' ? ofAny : arn === principal.provider));
}

function isAccount(arn: string, account: string): boolean {
  return /^arn:[a-z-]{1,30}:iam::(\d{12}):root$/.exec(arn)?.[1] === account;
}
