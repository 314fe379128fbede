import { parseEndpoint } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { admit } from './admit.ts';
import { AwsCredentials } from './credentials.ts';
import { parseRoleArn } from './role-arn.ts';
import type { RolePathRequest } from './role-request.ts';
import { parseSessionName } from './session-name.ts';
import { parseSessionPolicy } from './session-policy.ts';

const now = 1_800_000_000_000;
const minute = 60_000;
const hour = 60 * minute;
const roleOf = (name: string, account = '123456789012') => parseRoleArn(`arn:aws:iam::${account}:role/${name}`);
const request: RolePathRequest = {
  endpoint: parseEndpoint('https://sts.example.com', 'x'),
  region: 'eu-central-1',
  sessionName: parseSessionName('mine'),
  path: [roleOf('first'), roleOf('last')],
  plainSecret: false,
};

/** Whether such credentials pass. */
function admitted(
  { expiresAt, arn = 'last/mine' }: { readonly expiresAt: number | undefined; readonly arn?: string },
  more: Partial<RolePathRequest> = {},
) {
  const accountId = '123456789012';
  const credentials = new AwsCredentials(
    { accessKeyId: 'ASIA', secretAccessKey: 'secret', sessionToken: 'token' },
    { role: { arn: `arn:aws:sts::${accountId}:assumed-role/${arn}`, accountId }, expiresAt, presented: undefined },
  );
  expect(admit(credentials, { ...request, ...more }, now)).toBe(credentials);
}
const rejected = (message: string) =>
  expect.objectContaining({
    code: 'EXCHANGE_REJECTED',
    message: expect.stringContaining(message),
    detail: expect.objectContaining({ breaksGuard: true, hint: expect.stringContaining('They were not delivered.') }),
  });

describe('credentials are delivered that are', () => {
  it('of the last role of the path, by whatever session name', () => {
    admitted({ expiresAt: now + hour });
    admitted({ expiresAt: now + hour, arn: 'last/theirs' });
    expect(() => admitted({ expiresAt: now + hour, arn: 'first/mine' })).toThrow(rejected('are those of arn:aws:sts'));
  });

  it('of an account that is allowed, if any is named', () => {
    admitted({ expiresAt: now + hour }, { allowedAccountIds: ['210987654321', '123456789012'] });
    for (const allowedAccountIds of [['210987654321'], []])
      expect(() => admitted({ expiresAt: now + hour }, { allowedAccountIds })).toThrow(rejected('not allowed'));
  });

  it('good now, and not for longer than was asked for, as far as clocks can be apart', () => {
    const edges = [
      [{}, 12 * hour + 15 * minute],
      [{ durationSeconds: 900 }, 30 * minute],
    ] as const;
    for (const [more, longest] of edges) {
      admitted({ expiresAt: now + 1 }, more);
      admitted({ expiresAt: now + longest }, more);
      expect(() => admitted({ expiresAt: now + longest + 1 }, more)).toThrow(rejected('valid for longer'));
      expect(() => admitted({ expiresAt: now }, more)).toThrow(rejected('expired at 2027-01-15T08:00:00.000Z'));
    }
  });

  const narrowed = { inlinePolicy: parseSessionPolicy('{"Version":"2012-10-17","Statement":[]}') };
  it.each([{ durationSeconds: 900 }, narrowed, { managedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] }])(
    'begun by this process, where they may do less than the role: %o',
    (more) => {
      admitted({ expiresAt: now + minute }, more);
      admitted({ expiresAt: undefined });
      expect(() => admitted({ expiresAt: undefined }, more)).toThrow(
        rejected('nobody knows what they were narrowed to'),
      );
    },
  );
});
