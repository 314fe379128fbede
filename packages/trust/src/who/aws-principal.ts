import type { Language, TokenShape } from '@fedbridge/issuers';
import type { Condition, Statement } from '../policy.ts';
import { hasWildcard } from '../wildcard.ts';
import { organizationFields, organizationId, organizationPath } from './organization.ts';

const external: Language = { chars: 'a-zA-Z0-9_+=,.@:/-' };

const accountShape: TokenShape = {
  fields: {
    partition: { language: { chars: 'a-z-' }, example: 'aws' },
    account: { language: { chars: '0-9', length: 12 }, example: '999999999999' },
    name: { language: { chars: '^' }, example: 'role/anything' },
    ...organizationFields,
    // Source: IAM User Guide, "IAM policy elements: Variables and tags", the principal key values: a role's id before its session's name.
    principal: { language: { chars: 'A-Z0-9' }, example: 'AROASTRANGER000000001' },
    session: { language: { anyOf: ['', { sequence: [':', { chars: '^' }] }] }, example: ':anything' },
    // Source: AWS STS API Reference, AssumeRole: two characters or more.
    externalId: { language: { sequence: [external, external] }, example: 'anything', optional: true },
  },
  claims: {
    'aws:principalarn': ['arn:', { field: 'partition' }, ':iam::', { field: 'account' }, ':', { field: 'name' }],
    'aws:principalaccount': [{ field: 'account' }],
    'aws:principalorgid': organizationId,
    'aws:principalorgpaths': organizationPath,
    'aws:userid': [{ field: 'principal' }, { field: 'session' }],
    'sts:externalid': [{ field: 'externalId' }],
  },
  owner: ['account', 'organization', 'principal'],
};

/** AWS principals as if they were tokens: their condition keys are made of fields. */
export const accountShapes: readonly TokenShape[] = [accountShape];

/** Whether a condition key is of the principal, in lower case. */
export const isKeyOfAccount = (key: string) => Object.hasOwn(accountShape.claims, key);

/** What the principal of a statement demands, as conditions on keys. */
export function principalConditions({ effect, aws, notPrincipal }: Statement): readonly Condition[] {
  if (aws.includes('*')) return notPrincipal ? [never] : [];
  // What a denial says of one session, of an id, or with a wildcard that IAM does not take, keeps nobody else out.
  const isExact = effect === 'Deny' && !notPrincipal;
  const arns = aws
    .filter((one) => !isExact || !/^arn:[^:]*:sts:|[*?$]/.test(one))
    .flatMap((one) => patternOf(one) ?? []);
  const ids = isExact ? [] : aws.filter(isUniqueId).flatMap((id) => [id, `${id}:*`]);
  const conditions = [
    { operator: notPrincipal ? 'ArnNotLike' : 'ArnLike', key: 'aws:PrincipalArn', values: arns },
    { operator: notPrincipal ? 'StringNotLike' : 'StringLike', key: 'aws:userid', values: ids },
  ].filter(({ values }) => values.length > 0);
  return conditions.length > 0 || notPrincipal ? conditions : [never];
}

const never: Condition = { operator: 'Null', key: 'aws:PrincipalArn', values: ['true'] };

/**
 * The principals of a statement that allows, those together that one condition can tell: of ids there is another key than of ARNs.
 */
export function principalsTogether(aws: readonly string[]): readonly (readonly string[])[] {
  const ids = aws.filter(isUniqueId);
  const others = aws.filter((one) => !isUniqueId(one));
  return (aws.includes('*') ? [aws] : [others, ids]).filter((some) => some.length > 0);
}

/**
 * Why none of some principals is anybody, a sentence; undefined where that is not told. In a policy that IAM prints an id is of who was deleted;
 * in one that is written it may be of somebody who is there, whose ARN IAM puts in its place.
 * Sources: AWS re:Post, "Why is there an unknown principal format in my IAM resource-based policy?"; hackingthe.cloud, "Derive a Principal
 * ARN from an AWS Unique Identifier", both read 2026-11-26.
 *
 * @param isPrinted - whether the policy is one that IAM printed
 */
export function whyNobodyIs(aws: readonly string[], isPrinted: boolean): string | undefined {
  return isPrinted && aws.every(isUniqueId) ? `${aws.join(', ')}: a user or a role that was deleted.` : undefined;
}

/** Of a user or a role. Source: IAM User Guide, "IAM identifiers", unique identifiers. */
const isUniqueId = (principal: string): boolean => /^A[A-Z]{3}[A-Z\d]+$/.test(principal);

/** Whether a principal is a whole account, by its number or its ARN. */
export const isAccount = (principal: string): boolean => /^(\d{12}|arn:[a-z-]*:iam::\d{12}:root)$/.test(principal);

/** A principal as a pattern of ARNs; undefined for one that has none. With a wildcard, which IAM takes nowhere in a name, it may be anybody. */
function patternOf(principal: string): string | undefined {
  if (/^\d{12}$/.test(principal)) return `arn:*:iam::${principal}:*`;
  const [arn, , service, , account, ...name] = principal.split(':');
  if (arn !== 'arn' || account === undefined) return hasWildcard(principal) ? 'arn:*:iam::*:*' : undefined;
  // The role of a session, whose principal's ARN is the role's.
  if (service === 'sts') return `arn:*:iam::${account}:*`;
  return name.join(':') === 'root' ? `arn:*:iam::${account}:*` : principal;
}

/** The role that a principal's condition keys are of. */
export function roleOf(context: Readonly<Record<string, string>>): { role: string; account: string } {
  return { role: context['aws:principalarn'] ?? '', account: context['aws:principalaccount'] ?? '' };
}
