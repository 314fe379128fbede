import type { Language, TokenShape } from '@fedbridge/issuers';
import type { Condition, Statement } from '../policy.ts';
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
  // What a denial says of one session, or with a wildcard that IAM does not take, keeps nobody else out.
  const isExact = effect === 'Deny' && !notPrincipal;
  const values = aws
    .filter((one) => !isExact || !/^arn:[^:]*:sts:|[*?$]/.test(one))
    .flatMap((one) => patternOf(one) ?? []);
  if (values.length === 0) return notPrincipal ? [] : [never];
  return [{ operator: notPrincipal ? 'ArnNotLike' : 'ArnLike', key: 'aws:PrincipalArn', values }];
}

const never: Condition = { operator: 'Null', key: 'aws:PrincipalArn', values: ['true'] };

/** Whether a principal is a whole account, by its number or its ARN. */
export const isAccount = (principal: string): boolean => /^(\d{12}|arn:[a-z-]*:iam::\d{12}:root)$/.test(principal);

/** A principal as a pattern of ARNs; undefined for one that is nobody any more. */
function patternOf(principal: string): string | undefined {
  if (/^\d{12}$/.test(principal)) return `arn:*:iam::${principal}:*`;
  const [arn, , service, , account, ...name] = principal.split(':');
  if (arn !== 'arn' || account === undefined) return undefined;
  // The role of a session, whose principal's ARN is the role's.
  if (service === 'sts') return `arn:*:iam::${account}:*`;
  return name.join(':') === 'root' ? `arn:*:iam::${account}:*` : principal;
}

/** The role that a principal's condition keys are of. */
export function roleOf(context: Readonly<Record<string, string>>): { role: string; account: string } {
  return { role: context['aws:principalarn'] ?? '', account: context['aws:principalaccount'] ?? '' };
}
