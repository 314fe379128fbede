import { allow, type PolicyRow, policyRow } from './iam-policies.ts';
import type { Given } from './row.ts';

const captured = (
  name: string,
  allowed: boolean,
  condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
) => policyRow(name, 'stsTrust', allowed, [allow(condition)]);
const equalTo =
  (key: string, value: (given: Given) => string) =>
  (given: Given): Readonly<Record<string, unknown>> =>
    allow({ StringEquals: { [key]: value(given) } })(given);
const is = (name: string, allowed: boolean, key: string, value: (given: Given) => string) =>
  policyRow(name, 'stsTrust', allowed, [equalTo(key, value)]);

const principal = [
  is("aws:PrincipalAccount is the provider's account", true, 'aws:PrincipalAccount', ({ account }) => account),
  is('aws:PrincipalAccount is not anonymous', false, 'aws:PrincipalAccount', () => 'anonymous'),
  is('aws:PrincipalType is User', true, 'aws:PrincipalType', () => 'User'),
  is('aws:PrincipalType is not FederatedUser', false, 'aws:PrincipalType', () => 'FederatedUser'),
  is('aws:PrincipalType is not AssumedRole', false, 'aws:PrincipalType', () => 'AssumedRole'),
  is('aws:userid is the provider', true, 'aws:userid', ({ provider }) => provider),
  is('aws:userid is not the subject', false, 'aws:userid', () => 'job-7'),
  is('aws:userid is not provider and subject', false, 'aws:userid', ({ provider }) => `${provider}:job-7`),
  captured('aws:PrincipalArn is not there', true, { Null: { 'aws:PrincipalArn': 'true' } }),
  is('aws:PrincipalArn is not the provider', false, 'aws:PrincipalArn', ({ provider }) => provider),
  policyRow('AWS: "*" does not allow a web identity', 'stsTrust', false, [
    (given) => ({ ...allow()(given), Principal: { AWS: '*' } }),
  ]),
];

const roles = 'https://aws.amazon.com/roles';
const authorized = [true, false].flatMap((wanted) => {
  const condition = { Bool: { 'sts:RoleAuthorizedByIdp': String(wanted) } };
  const row = (name: string, allowed: boolean, claims: PolicyRow['claims']) =>
    policyRow(`sts:RoleAuthorizedByIdp ${wanted}, ${name}`, 'stsRoles', allowed, [allow(condition)], { claims });
  return [row('no claim', !wanted, {}), row('a claim with the role', wanted, ({ role }) => ({ [roles]: [role] }))];
});

/** What real STS answered to trust policies made for the purpose. */
export const capturedPolicyRows: readonly PolicyRow[] = [...principal, ...authorized];
