import { HttpClient, parseEndpoint, realSystem } from '@fedbridge/core';
import { afterAll, describe, expect, it } from 'vitest';
import { type Answer, answering } from '../../../test/harness/answering.ts';
import { quietOutbound } from '../../../test/harness/outbound.ts';
import { assumeChainedRole } from './chain.ts';
import type { Caller } from './credentials.ts';
import { parseRoleArn } from './role-arn.ts';
import { parseSessionName } from './session-name.ts';

const http = new HttpClient({});
afterAll(() => http.close());
const now = Date.now();
const secrets = { accessKeyId: 'ASIAFIRST', secretAccessKey: 'first', sessionToken: 'first-token' };
const session = 'arn:aws:sts::123456789012:assumed-role/second/mine';
const answer = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
  <AccessKeyId>ASIASECOND</AccessKeyId><SecretAccessKey>second</SecretAccessKey><SessionToken>second-token</SessionToken>
  <Expiration>${new Date(now + 3_600_000).toISOString()}</Expiration></Credentials>
  <AssumedRoleUser><Arn>${session}</Arn><AssumedRoleId>AROA:mine</AssumedRoleId></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>`;
const throttled =
  '<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>';

async function assume(expiresAt: number | undefined, ...answers: readonly Answer[]) {
  await using sts = await answering(...answers);
  const masked: string[] = [];
  const system = { ...realSystem({}), now: () => now, sleep: async () => {} };
  const outbound = quietOutbound(
    { http, deadline: now + 60_000, maxAttempts: 3, mask: (secret) => masked.push(secret) },
    system,
  );
  const caller: Caller = {
    title: 'the first role',
    role: undefined,
    expiresAt,
    presented: undefined,
    reveal: () => secrets,
  };
  const request = {
    endpoint: parseEndpoint(sts.url, 'x'),
    region: 'eu-central-1',
    role: parseRoleArn('arn:aws:iam::123456789012:role/second'),
    sessionName: parseSessionName('mine'),
  };
  const ended = await assumeChainedRole(request, caller, outbound).catch((error) => error);
  return { ended, masked, asked: sts.asked };
}

describe('a role that another assumes', () => {
  it('is asked for with a signature of the credentials before it, and its own are masked', async () => {
    const { ended, masked, asked } = await assume(now + 1, { body: answer });
    expect(ended.reveal()).toEqual({
      ...{ accessKeyId: 'ASIASECOND', secretAccessKey: 'second', sessionToken: 'second-token' },
    });
    expect(masked).toEqual(['ASIASECOND', 'second', 'second-token']);
    expect(asked[0]?.headers).toMatchObject({
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=ASIAFIRST\/\d{8}\/eu-central-1\/sts\/aws4_request/,
      ),
      'x-amz-security-token': 'first-token',
    });
    expect(asked[0]?.body).not.toContain('first');
  });

  it('is asked for again while STS throttles', async () => {
    const { ended, asked } = await assume(undefined, { status: 400, body: throttled }, { body: answer });
    expect([ended.title, asked.length]).toEqual([session, 2]);
  });

  it('is not asked for with credentials that have expired on the way', async () => {
    const { ended, asked } = await assume(now, { body: answer });
    expect(ended).toMatchObject({
      code: 'EXCHANGE_REJECTED',
      message: 'The credentials of the first role expired in the middle of the chain.',
    });
    expect(asked).toEqual([]);
  });
});
