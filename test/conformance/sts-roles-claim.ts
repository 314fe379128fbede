import type { Given } from './row.ts';
import type { TokenRow } from './sts-tokens.ts';

const claim = 'https://aws.amazon.com/roles';
const none = 'The roles claim contains no valid role ARNs';
const absent = 'The target role ARN is not present in the roles claim of the identity token';
const form = 'The roles claim is not in a supported format';

/** A claim, and what is said where it is not enough. */
type Short = readonly [value: (given: Given) => unknown, denied?: string];

const all: Readonly<Record<string, Short>> = {
  'a list with the role': [({ role }) => [role]],
  'a text with the role': [({ role }) => role],
  'a list with the role and another': [({ role, otherRole }) => [otherRole, role]],
  'a text with the role and another': [({ role, otherRole }) => `${otherRole};${role}`],
  'another role': [({ otherRole }) => [otherRole], absent],
  'an empty list': [() => [], none],
  'an empty text': [() => '', none],
  null: [() => null],
  'a number': [() => 123, form],
  'a boolean': [() => true, form],
  'a list with a number and the role': [({ role }) => [123, role]],
  'a list in a list': [({ role }) => [[role]], none],
  'a text with blanks around it': [({ role }) => ` ${role} `],
  'a text with a blank after the semicolon': [({ role, otherRole }) => `${otherRole}; ${role}`],
  'a wildcard': [({ account }) => `arn:aws:iam::${account}:role/*`, none],
  'the role in capitals': [({ role }) => role.toUpperCase(), none],
  'the role twice': [({ role }) => [role, role]],
  'a list with the role and what is no ARN': [({ role }) => ['not-an-arn', role]],
  'a semicolon at the end': [({ role }) => `${role};`],
  'a semicolon at the beginning': [({ role }) => `;${role}`],
  'a comma between two': [({ role, otherRole }) => `${otherRole},${role}`, none],
  'a list with null and the role': [({ role }) => [null, role]],
};

/** What real STS answered to the claim by which an issuer limits the roles. */
export const rolesClaimRows: readonly TokenRow[] = Object.entries(all).map(([name, [value, denied]]) => ({
  name: `roles claim: ${name}`,
  source: 'stsRoles',
  about: 'roles claim',
  claims: (given) => ({ [claim]: value(given) }),
  answer: denied === undefined ? { gives: {} } : { denies: 'InvalidIdentityToken', saying: denied },
}));
