import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRoleArn } from './role-arn.ts';
import { isSessionOf, parseSessionArn, sessionArn } from './session-arn.ts';
import { parseSessionName } from './session-name.ts';

const role = parseRoleArn('arn:aws:iam::123456789012:role/ci/prod/deploy');
const mine = parseSessionName('mine');
const arn = 'arn:aws:sts::123456789012:assumed-role/deploy/mine';

describe('the ARN of a session', () => {
  it("has the role's name without its path", () => expect(sessionArn(role, mine)).toBe(arn));

  it('is read by its parts', () => {
    expect(parseSessionArn(arn)).toEqual({
      ...{ partition: 'aws', accountId: '123456789012', roleName: 'deploy', sessionName: 'mine' },
    });
  });

  it.each([
    'arn:aws:iam::123456789012:role/deploy',
    'arn:aws:sts::123456789012:federated-user/deploy',
    'arn:aws:sts::12345678901:assumed-role/deploy/mine',
    'arn:aws:sts::123456789012:assumed-role/ci/deploy/mine',
    'arn:aws:sts::123456789012:assumed-role/deploy/m',
    'arn:aws:sts:eu-west-1:123456789012:assumed-role/deploy/mine',
    `x${arn}`,
    `${arn}\n`,
    '',
  ])('is none of %j', (text) => expect(parseSessionArn(text)).toBeUndefined());

  const character = fc.constantFrom(...'aZ9_+=,.@-'.split(''));
  const word = (minLength: number) => fc.string({ unit: character, minLength, maxLength: 64 });
  it('is the same for a role and a name of whatever letters both may have', () => {
    fc.assert(
      fc.property(word(1), word(2), (roleName, sessionName) => {
        const any = parseRoleArn(`arn:aws-cn:iam::123456789012:role/${roleName}`);
        const session = sessionArn(any, parseSessionName(sessionName));
        expect(parseSessionArn(session)).toMatchObject({ roleName, sessionName });
        expect(isSessionOf(session, any, parseSessionName(sessionName))).toBe(true);
      }),
    );
  });
});

describe('a session is that of a role', () => {
  it('by whatever name, where none is asked for, else by that', () => {
    expect(isSessionOf(arn, role, undefined)).toBe(true);
    expect(isSessionOf(arn, role, mine)).toBe(true);
    expect(isSessionOf(arn, role, parseSessionName('Mine'))).toBe(false);
  });

  it.each([
    ['another partition', arn.replace('aws:', 'aws-cn:')],
    ['another account', arn.replace('123456789012', '210987654321')],
    ['another name', arn.replace('deploy', 'Deploy')],
    ['the last of its path alone', arn.replace('deploy', 'prod')],
    ['no session at all', role.arn],
  ])('and not one of %s', (_what, other) => expect(isSessionOf(other, role, undefined)).toBe(false));
});
