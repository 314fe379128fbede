import { assumeRolePath, parseRoleArn, parseSessionName } from '@fedbridge/aws';
import { ownCredentials } from '@fedbridge/aws/own-credentials';
import { type Environment, HttpClient, parseEndpoint } from '@fedbridge/core';
import { Identity } from '@fedbridge/identity';
import { afterAll, describe, expect, it } from 'vitest';
import { type Answer, answering } from '../harness/answering.ts';
import { outcomeOf, quietOutbound } from '../harness/outbound.ts';
import { region, role } from '../harness/setup.ts';

const http = new HttpClient({});
afterAll(() => http.close());
const now = 1_795_000_000_000;

/** What assumes a role, up to the call of STS, which nobody answers. */
async function begin(environment: Environment, answers: readonly Answer[] = [{ status: 404, body: '' }]) {
  await using server = await answering(...answers);
  const masked: string[] = [];
  const named = Object.entries(environment).map(([name, value]) => [name, value?.replace('HERE', server.url)]);
  const outbound = quietOutbound(
    { http, deadline: now + 10_000, maxAttempts: 2, mask: (secret) => masked.push(secret) },
    { environment: Object.fromEntries(named), now: () => now, random: () => 0, sleep: async () => {} },
  );
  const identity = new Identity({ source: { kind: 'aws' }, requiredClaims: [] }, outbound, []);
  const request = {
    ...{ endpoint: parseEndpoint(`${server.url}/sts`, 'x'), region, path: [parseRoleArn(role)] as const },
    ...{ sessionName: parseSessionName('job'), tags: [], transitiveTagKeys: [], plainSecret: false },
  };
  const assumed = async () => {
    const own = await ownCredentials(outbound.system.environment, outbound);
    return assumeRolePath(request, { own, pass: identity.withoutIdToken('x') }, outbound);
  };
  return { ...(await outcomeOf(assumed())), asked: server.asked, masked };
}

const given = {
  AccessKeyId: 'ASIAOWN',
  SecretAccessKey: 'own-secret',
  Token: 'own-token',
  Expiration: '2026-11-18T18:26:40Z',
};
const instance = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'HERE' };
const container = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'HERE/c', AWS_CONTAINER_AUTHORIZATION_TOKEN: 'bearer' };

describe('AWS credentials of the machine', () => {
  it('are asked of an instance by IMDSv2', async () => {
    const { asked, masked } = await begin(instance, [
      { body: 'session' },
      { body: 'agents\n' },
      { body: { Code: 'Success', ...given } },
      { status: 400, body: '' },
    ]);
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'PUT /latest/api/token',
      'GET /latest/meta-data/iam/security-credentials/',
      'GET /latest/meta-data/iam/security-credentials/agents',
      'POST /sts',
    ]);
    expect(asked[0]?.headers).toMatchObject({ 'x-aws-ec2-metadata-token-ttl-seconds': '300', 'content-length': '0' });
    expect(asked[2]?.headers['x-aws-ec2-metadata-token']).toBe('session');
    expect(asked[3]?.headers.authorization).toContain('Credential=ASIAOWN/');
    expect(masked).toEqual(expect.arrayContaining(['session', 'own-secret', 'own-token']));
  });

  it('are asked of a container with its authorization', async () => {
    const { asked } = await begin(container, [{ body: given }, { status: 400, body: '' }]);
    expect(asked[0]).toMatchObject({ method: 'GET', url: '/c', headers: { authorization: 'bearer' } });
    expect(asked[1]?.headers['x-amz-security-token']).toBe('own-token');
  });

  it.each([
    [{ ...given, AccessKeyId: 'ASIA\ncredential_process = x' }],
    [{ ...given, Token: undefined }],
    [{ ...given, Expiration: '2026-11-17T00:00:00Z' }],
    [{ ...given, Expiration: 'soon' }],
    [{ ...given, Code: 'AssumeRoleUnauthorizedAccess' }],
    [null],
  ])('are not %j', async (body) => {
    const { error, asked } = await begin(container, [{ body: JSON.stringify(body) }]);
    expect(error?.code).toBe('ANSWER_MALFORMED');
    expect(asked).toHaveLength(1);
  });

  it.each([
    [container, { status: 401, body: '' }, 'ID_TOKEN_UNAVAILABLE', 1],
    [container, { status: 503, body: '' }, 'UNAVAILABLE', 2],
    [instance, { status: 404, body: '' }, 'ID_TOKEN_UNAVAILABLE', 1],
    [instance, { status: 403, body: '' }, 'ID_TOKEN_UNAVAILABLE', 1],
    [instance, { body: '' }, 'ANSWER_MALFORMED', 1],
    [instance, { body: 'two words' }, 'ANSWER_MALFORMED', 1],
  ])('of %j that answers %j are none', async (environment, answer, code, attempts) => {
    const { error, asked } = await begin(environment, [answer]);
    expect(error?.code).toBe(code);
    expect(asked).toHaveLength(attempts);
  });

  it.each([
    [{ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'https://example.com/c' }, 'ENDPOINT_NOT_ALLOWED'],
    [{ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://10.0.0.1/c' }, 'ENDPOINT_NOT_ALLOWED'],
    [{ AWS_EC2_METADATA_SERVICE_ENDPOINT: 'https://example.com' }, 'ENDPOINT_NOT_ALLOWED'],
    [{ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '//example.com/c' }, 'ENDPOINT_NOT_ALLOWED'],
    [{ ...container, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/dev/zero' }, 'ID_TOKEN_UNAVAILABLE'],
    [{ AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'long-lived', ...container }, 'INPUT_INVALID'],
    [{ AWS_PROFILE: 'absent', HOME: '/nowhere', ...container }, 'INPUT_INVALID'],
    [{ AWS_WEB_IDENTITY_TOKEN_FILE: '/x', AWS_ROLE_ARN: role }, 'INPUT_INVALID'],
    [{ AWS_EC2_METADATA_DISABLED: 'true' }, 'INPUT_INVALID'],
  ])('with %j nobody is asked', async (environment, code) => {
    const { error, asked } = await begin(environment);
    expect(error?.code).toBe(code);
    expect(asked).toEqual([]);
  });
});
