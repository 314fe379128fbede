import { parseEndpoint } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { chainRules } from './chain-denials.ts';
import type { Caller } from './credentials.ts';
import { parseRoleArn } from './role-arn.ts';
import type { RoleRequest } from './role-request.ts';
import { parseSessionName } from './session-name.ts';

const request: RoleRequest = {
  endpoint: parseEndpoint('https://sts.example.com', 'x'),
  region: 'cn-north-1',
  role: parseRoleArn('arn:aws-cn:iam::210987654321:role/second'),
  sessionName: parseSessionName('mine'),
};
const first = { arn: 'arn:aws-cn:sts::123456789012:assumed-role/first/mine', accountId: '123456789012' };
const caller: Caller = {
  ...{ title: first.arn, role: first, expiresAt: undefined, presented: undefined },
  reveal: () => ({ accessKeyId: 'ASIA', secretAccessKey: 'secret', sessionToken: 'token' }),
};
const unknown: Caller = { ...caller, title: 'the role of the instance', role: undefined };

function said(code: string, message = '', by = caller, more: Partial<RoleRequest> = {}) {
  return chainRules({ ...request, ...more }, by).find(
    (one) => one.code === code && (one.message?.test(message) ?? true),
  );
}
const statementIn = (hint = '') => JSON.parse(hint.slice(hint.indexOf('{\n')));

describe('a role that another may not assume', () => {
  it('needs this statement, with who asks, by the partition and the account of both', () => {
    const { kind, what, hint } = said('AccessDenied') ?? {};
    expect([kind, what]).toEqual(['denied', `its trust policy does not allow ${first.arn}, or it does not exist`]);
    expect(hint).toContain('See that {roleChain} is right and arn:aws-cn:iam::210987654321:role/second exists');
    expect(statementIn(hint)).toEqual({
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws-cn:iam::123456789012:role/first' },
      Action: 'sts:AssumeRole',
    });
  });

  it('needs the external id and the tags in it that are sent', () => {
    const more = { externalId: 'the-id', tags: [{ key: 'a', value: 'b' }] };
    expect(statementIn(said('AccessDenied', '', caller, more)?.hint)).toMatchObject({
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Condition: { StringEquals: { 'sts:ExternalId': 'the-id' } },
    });
  });

  it('by what a machine has says what is to be filled in, and names the input of the first role', () => {
    const { hint } = said('AccessDenied', '', unknown) ?? {};
    expect(hint).toContain('See that {roleToAssume} is right');
    expect(statementIn(hint).Principal).toEqual({ AWS: 'arn:aws-cn:iam::<its account>:role/<its role>' });
  });

  it('may be one that takes no tags', () => {
    const { what, hint } = said('AccessDenied', 'is not authorized to perform: sts:TagSession on resource') ?? {};
    expect(what).toBe(`it does not allow ${first.arn} to pass session tags`);
    expect(hint).toMatch(/^Set \{roleSkipSessionTagging\} and leave \{customTags\} out/);
  });
});

it('credentials that have expired on the way are never tried again', () => {
  expect(said('ExpiredToken')).toMatchObject({
    kind: 'rejected',
    what: expect.stringContaining('of the role before it'),
  });
});

it('what is said of any session is said here too', () => expect(said('Throttling')?.kind).toBe('unavailable'));
