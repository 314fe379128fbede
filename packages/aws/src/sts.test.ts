import { HttpClient, parseEndpoint, realSystem } from '@fedbridge/core';
import { afterAll, describe, expect, it } from 'vitest';
import { type Answer, answering } from '../../../test/harness/answering.ts';
import { quietOutbound } from '../../../test/harness/outbound.ts';
import { admittedToken } from '../../../test/harness/tokens.ts';
import { parseRoleArn } from './role-arn.ts';
import { parseSessionName } from './session-name.ts';
import { Sts } from './sts.ts';

const http = new HttpClient({});
afterAll(() => http.close());
const idToken = admittedToken({ iss: 'https://i', sub: 's', aud: 'a', exp: 4e9 });
const arn = 'arn:aws:sts::123456789012:assumed-role/deploy/mine';
const element = (name: string, text: string | undefined) => (text === undefined ? '' : `<${name}>${text}</${name}>`);
const keys = {
  AccessKeyId: 'ASIA',
  SecretAccessKey: 'secret',
  SessionToken: 'token',
  Expiration: '2100-01-01T00:00:00Z',
};

/** What STS answers where it gives credentials, or without some of it. */
const given = (
  changed: Partial<Record<keyof typeof keys, string | undefined>> = {},
  user: string | undefined = arn,
) => {
  const members = Object.entries({ ...keys, ...changed }).map(([name, text]) => element(name, text));
  const of = user === '' ? '' : `<AssumedRoleUser><Arn>${user}</Arn></AssumedRoleUser>`;
  const result = `<Credentials>${members.join('')}</Credentials>${of}`;
  return `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult>${result}</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
};
const error = (code: string, message = 'No.') =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

async function asked<T>(answer: Answer, work: (sts: Sts, role: Parameters<Sts['assumeRole']>[0]) => Promise<T>) {
  await using server = await answering(answer);
  const outbound = quietOutbound({ http, deadline: Date.now() + 60_000, maxAttempts: 1 }, realSystem({}));
  const endpoint = parseEndpoint(server.url, 'x');
  const secrets = { accessKeyId: 'ASIA', secretAccessKey: 'secret', sessionToken: 'token' };
  const role = parseRoleArn('arn:aws:iam::123456789012:role/ci/deploy');
  const request = { endpoint, region: 'eu-central-1', role, sessionName: parseSessionName('mine') };
  return await work(new Sts(endpoint, 'eu-central-1', outbound, secrets), request);
}
const assume = (answer: Answer) => asked(answer, (sts, request) => sts.assumeRoleWithWebIdentity(request, idToken));

describe('the credentials that STS gives', () => {
  it('are those of the role and the session that were asked for, with the account that the ARN says', async () => {
    const credentials = await assume({ body: given() });
    expect(credentials.role).toEqual({ arn, accountId: '123456789012' });
    expect(credentials.expiresAt).toBe(Date.parse(keys.Expiration));
  });

  /** Of seaweedfs/seaweedfs at 7506e5f91cd6, by its handler of STS: indented, with another token, else as it is sent. */
  const seaweedFs = `<?xml version="1.0" encoding="UTF-8"?>
    <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
    <Credentials><AccessKeyId>ASIA9f86d081884c7d65</AccessKeyId><SecretAccessKey>2CF24dba+/5=</SecretAccessKey>
    <SessionToken>eyJhbGciOiJIUzI1NiJ9.eyJzaWQiOiIxIn0.c2ln-_</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>
    <SubjectFromWebIdentityToken>repo:octo/app:ref:refs/heads/main</SubjectFromWebIdentityToken></AssumeRoleWithWebIdentityResult>
    <ResponseMetadata><RequestId>18A3F</RequestId></ResponseMetadata></AssumeRoleWithWebIdentityResponse>`;

  it.each([
    ['does not say', given({}, '')],
    ['does not say, as SeaweedFS,', seaweedFs],
    // Source: minio/minio, its page on web identities in STS, "Sample Response".
    [
      'leaves empty, as MinIO,',
      given({}, '').replace('</Credentials>', '</Credentials><AssumedRoleUser><Arn/><AssumeRoleId/></AssumedRoleUser>'),
    ],
  ])('of a service that %s whose they are, are of whom they were asked for', async (_what, body) => {
    expect((await assume({ body })).role.arn).toBe(arn);
  });

  it('of what is no session of a role go nowhere, and are not said to be missing', async () => {
    await expect(assume({ body: given({}, 'arn:aws:iam::123456789012:role/deploy') })).rejects.toMatchObject({
      code: 'ANSWER_MALFORMED',
      message: 'STS gave credentials of something that is no session of a role.',
      detail: { answer: 'AssumedRoleUser arn:aws:iam::123456789012:role/deploy', breaksGuard: true },
    });
  });

  it.each([
    ['another role', arn.replace('deploy', 'other')],
    ['another account', arn.replace('123456789012', '210987654321')],
    ['another session', arn.replace('mine', 'theirs')],
  ])('of %s go nowhere', async (_what, other) => {
    await expect(assume({ body: given({}, other) })).rejects.toMatchObject({
      code: 'EXCHANGE_REJECTED',
      detail: { answer: other, breaksGuard: true },
    });
  });

  it.each([
    ['one of the keys', given({ SecretAccessKey: undefined })],
    ['a session token', given({ SessionToken: undefined })],
    ['a date', given({ Expiration: undefined })],
    ['anything', '<AssumeRoleWithWebIdentityResponse/>'],
  ])('are none without %s', async (_what, body) => {
    await expect(assume({ body })).rejects.toMatchObject({ code: 'ANSWER_MALFORMED' });
  });
});

describe('an error of STS', () => {
  it('is what its code means, with its request, and without what was sent', async () => {
    const message = `Not authorized: ${idToken.reveal()}`;
    const failure = await assume({
      status: 403,
      headers: { 'x-amzn-requestid': 'r-1' },
      body: error('AccessDenied', message),
    }).catch((thrown) => thrown);
    expect(failure).toMatchObject({
      code: 'EXCHANGE_REFUSED',
      recovery: 'denial',
      detail: { presented: { subject: 's' } },
    });
    expect(failure.detail.answer).toMatch(/^AccessDenied, HTTP 403, request r-1: Not authorized: \*\*\*/);
  });

  it.each([
    [{ status: 503, body: '' }, 'UNAVAILABLE'],
    [{ status: 403, body: '<html>Sign in</html>' }, 'ANSWER_MALFORMED'],
    [{ status: 200, body: 'hello' }, 'ANSWER_MALFORMED'],
  ])('is not what something else answers: %o', async (answer, code) => {
    await expect(assume(answer)).rejects.toMatchObject({ code });
  });
});

describe('who a signer is', () => {
  const whose = (answer: Answer) => asked(answer, (sts) => sts.callerIdentity());
  const identity = `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${arn}</Arn><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

  it('STS tells', async () => expect(await whose({ body: identity })).toEqual({ arn, accountId: '123456789012' }));

  it.each(['ExpiredToken', 'InvalidClientTokenId', 'SignatureDoesNotMatch'])(
    'is nobody where it says %s',
    async (code) => {
      expect(await whose({ status: 403, body: error(code) })).toBeUndefined();
    },
  );

  it('is not known while it fails: what is good is not thrown away', async () => {
    await expect(whose({ status: 500, body: '' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
