import { describe, expect, it } from 'vitest';
import { isAuthorizedByIdp } from './roles-claim.ts';

const role = 'arn:aws:iam::123456789012:role/ci/deploy';
const other = 'arn:aws:iam::123456789012:role/other';
const of = (claim: unknown) => () => isAuthorizedByIdp({ 'https://aws.amazon.com/roles': claim }, role);

describe('the roles that a token names', () => {
  it.each([role, `${other}; ${role}`, [other, role], [7, role], `nonsense;${role}`])('are its own: %o', (claim) =>
    expect(of(claim)()).toBe(true),
  );

  it.each([undefined, null])('are any, where it names none: %o', (claim) => expect(of(claim)()).toBe(false));

  it.each([
    [other, 'not present in the roles claim'],
    [`${role}s`, 'not present in the roles claim'],
    ['', 'no valid role ARNs'],
    [[], 'no valid role ARNs'],
    ['deploy', 'no valid role ARNs'],
    ['arn:aws:iam::123456789012:user/deploy', 'no valid role ARNs'],
    [7, 'not in a supported format'],
    [{ role }, 'not in a supported format'],
  ])('deny all others: %o, %s', (claim, message) => {
    expect(of(claim)).toThrow(
      expect.objectContaining({ code: 'InvalidIdentityToken', status: 400, message: expect.stringContaining(message) }),
    );
  });
});
