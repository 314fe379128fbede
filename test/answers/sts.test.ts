/**
 * Tests as well:
 * - packages/aws/src/assume-role.ts
 * - packages/aws/src/sts-denial.ts
 * - packages/core/src/http/http-agents.ts
 */

import { inspect } from 'node:util';
import {
  assumeRolePath,
  parseRoleArn,
  parseSessionName,
  parseSessionPolicy,
  type RolePathRequest,
} from '@fedbridge/aws';
import { existingCredentials } from '@fedbridge/aws/existing-credentials';
import { type FedbridgeError, HttpClient, parseEndpoint } from '@fedbridge/core';
import { Identity } from '@fedbridge/identity';
import { afterAll, describe, expect, it } from 'vitest';
import { type Answer, answering } from '../harness/answering.ts';
import { outcomeOf, quietOutbound } from '../harness/outbound.ts';
import { ids, region } from '../harness/setup.ts';
import { admittedToken } from '../harness/tokens.ts';

const http = new HttpClient({});
afterAll(() => http.close());
const now = 1_795_000_000_000;
const claims = {
  ...{ iss: 'https://token.actions.githubusercontent.com', sub: 'repo:octo/app:ref:refs/heads/main' },
  ...{ aud: 'sts.amazonaws.com', exp: now / 1000 + 300 },
};
const tokenOf = admittedToken;
const idToken = tokenOf(claims);
const deploy = parseRoleArn(`arn:aws:iam::${ids.account}:role/deploy`);
const publish = parseRoleArn(`arn:aws:iam::${ids.otherAccount}:role/ci/publish`);

const metadata = '<ResponseMetadata><RequestId>request-1</RequestId></ResponseMetadata>';
const xmlns = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';
interface Given {
  readonly AccessKeyId?: string | undefined;
  readonly SecretAccessKey?: string | undefined;
  readonly SessionToken?: string | undefined;
  readonly Expiration?: string | undefined;
  readonly Arn?: string | undefined;
}
const good: Given = {
  ...{ AccessKeyId: 'ASIAEXAMPLE', SecretAccessKey: 'secret+key/1', SessionToken: 'session-token' },
  ...{ Expiration: '2026-11-18T18:26:40Z', Arn: `arn:aws:sts::${ids.account}:assumed-role/deploy/job` },
};
function credentials(changed: Given = {}, action = 'AssumeRoleWithWebIdentity'): string {
  const { Arn, ...values } = { ...good, ...changed };
  const member = ([name, value]: [string, string | undefined]) =>
    value === undefined ? '' : `<${name}>${value}</${name}>`;
  const inner = Object.entries(values).map(member).join('');
  return (
    `<${action}Response ${xmlns}><${action}Result><Credentials>${inner}</Credentials>` +
    `<AssumedRoleUser>${member(['Arn', Arn])}<AssumedRoleId>AROA:job</AssumedRoleId></AssumedRoleUser></${action}Result>${metadata}</${action}Response>`
  );
}
const problem = (code: string, message = 'x') =>
  `<ErrorResponse ${xmlns}><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>request-1</RequestId></ErrorResponse>`;

function requestTo(url: string, changed: Partial<RolePathRequest>): RolePathRequest {
  return {
    ...{ endpoint: parseEndpoint(url, 'x'), region, path: [deploy], sessionName: parseSessionName('job') },
    ...{ tags: [], transitiveTagKeys: [], plainSecret: false },
    ...changed,
  };
}

async function assume(answers: readonly Answer[], changed: Partial<RolePathRequest> = {}, token = idToken) {
  await using server = await answering(...answers);
  const masked: string[] = [];
  const outbound = quietOutbound(
    { http, deadline: now + 10_000, maxAttempts: 9, mask: (secret) => masked.push(secret) },
    { now: () => now, random: () => 0, sleep: async () => {} },
  );
  const outcome = await outcomeOf(assumeRolePath(requestTo(server.url, changed), async () => token, outbound));
  return { ...outcome, masked, asked: server.asked };
}
const form = (body: string | undefined) => Object.fromEntries(new URLSearchParams(body));

describe('an exchange with STS', () => {
  it('connects while the ID token is on its way, and goes by that connection', async () => {
    await using server = await answering({ body: credentials() });
    const onItsWay = async () => {
      await expect.poll(() => server.connections).toBe(1);
      return idToken;
    };
    const system = { now: () => now, random: () => 0, sleep: async () => {} };
    const outbound = quietOutbound({ http, deadline: now + 10_000, maxAttempts: 1 }, system);
    await assumeRolePath(requestTo(server.url, {}), onItsWay, outbound);
    expect(server).toMatchObject({ connections: 1, asked: [{ method: 'POST' }] });
  });

  // Source: AWS STS API Reference, AssumeRoleWithWebIdentity.
  it('sends the documented form, with what is narrowed', async () => {
    const inlinePolicy = parseSessionPolicy('{ "Statement": [] }');
    const managedPolicies = ['arn:aws:iam::aws:policy/A', 'arn:aws:iam::aws:policy/B'];
    const { asked } = await assume([{ body: credentials() }], { durationSeconds: 1800, inlinePolicy, managedPolicies });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ method: 'POST', url: '/' });
    expect(asked[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(asked[0]?.headers.authorization).toBeUndefined();
    expect(form(asked[0]?.body)).toEqual({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: deploy.arn,
      RoleSessionName: 'job',
      WebIdentityToken: idToken.reveal(),
      DurationSeconds: '1800',
      Policy: '{"Statement":[]}',
      'PolicyArns.member.1.arn': managedPolicies[0],
      'PolicyArns.member.2.arn': managedPolicies[1],
    });
  });

  it('gives what it was answered, masked, and prints none of it', async () => {
    const { got, masked } = await assume([{ body: credentials() }]);
    expect(got?.reveal()).toEqual({
      accessKeyId: 'ASIAEXAMPLE',
      secretAccessKey: 'secret+key/1',
      sessionToken: 'session-token',
    });
    expect(got).toMatchObject({
      role: { arn: good.Arn, accountId: ids.account },
      expiresAt: Date.parse('2026-11-18T18:26:40Z'),
      presented: { subject: claims.sub },
    });
    expect(masked).toEqual(['ASIAEXAMPLE', 'secret+key/1', 'session-token']);
    for (const shown of [String(got), JSON.stringify(got), inspect(got), `${got}`]) {
      expect(shown).toContain(`AwsCredentials(${good.Arn})`);
      expect(shown).not.toMatch(/secret|session-token|ASIA/);
    }
  });

  it.each([
    { AccessKeyId: undefined },
    { SecretAccessKey: undefined },
    { SessionToken: undefined },
    { SecretAccessKey: '' },
    { Expiration: undefined },
  ])('takes no credentials from %j', async (changed) => {
    const { error } = await assume([{ body: credentials(changed) }]);
    expect(error).toMatchObject({
      code: 'ANSWER_MALFORMED',
      message: 'STS answered without credentials.',
      detail: { answer: expect.stringMatching(/^HTTP 200, /), hint: expect.stringContaining('sign-in page') },
    });
  });

  it.each([
    'arn:aws:iam::123456789012:role/deploy',
    'arn:aws:sts::123456789012:assumed-role/deploy',
    'arn:aws:sts::12345678901:assumed-role/deploy/job',
    'x arn:aws:sts::123456789012:assumed-role/deploy/job',
  ])('takes no credentials of %s', async (Arn) => {
    const { got, error } = await assume([{ body: credentials({ Arn }) }]);
    expect(got).toBeUndefined();
    expect(error).toMatchObject({
      code: 'ANSWER_MALFORMED',
      message: 'STS gave credentials of something that is no session of a role.',
      detail: { answer: `AssumedRoleUser ${Arn}`, hint: expect.stringContaining('not delivered') },
    });
  });

  // The first is the bug: a line of its own in a file of settings.
  it.each([
    { AccessKeyId: 'ASIA\ncredential_process = touch /tmp/x' },
    { AccessKeyId: 'ASIA&#10;credential_process = touch /tmp/x' },
    { SecretAccessKey: 'secret\r\n[default]' },
    { SecretAccessKey: 'secret # x' },
    { SessionToken: '\u2028token' },
    { SessionToken: '"token"' },
    { SessionToken: '$TOKEN' },
    { AccessKeyId: ' ASIA' },
  ])('takes no credentials that are not one word each: %j', async (changed) => {
    const { error, masked } = await assume([{ body: credentials(changed) }]);
    expect(error).toMatchObject({ code: 'ANSWER_MALFORMED', message: 'STS answered without credentials.' });
    // What is not taken may be a secret all the same.
    expect(masked).toHaveLength(3);
  });

  it.each([
    [{ Arn: `arn:aws:sts::${ids.account}:assumed-role/admin/job` }, {}, 'of another role than'],
    [{ Arn: `arn:aws:sts::${ids.account}:assumed-role/deploy/other` }, {}, 'under another session name than job'],
    [{ Arn: `arn:aws-cn:sts::${ids.account}:assumed-role/deploy/job` }, {}, 'of another account than'],
    [{ Arn: `arn:aws:sts::${ids.otherAccount}:assumed-role/admin/job` }, {}, 'of another account than'],
    [{ Expiration: '2026-11-17T15:00:00Z' }, {}, 'expired at 2026-11-17T15:00:00.000Z'],
    [{ Expiration: '1970-01-01T00:00:00Z' }, {}, 'expired at 1970-01-01'],
    [{ Expiration: '2999-01-01T00:00:00Z' }, {}, 'valid for longer than was asked for'],
    [{ Expiration: '2026-11-20T18:26:40Z' }, {}, 'valid for longer than was asked for'],
    [{}, { durationSeconds: 900 }, 'valid for longer than was asked for'],
    [{}, { allowedAccountIds: [ids.otherAccount] }, 'of an account that is not allowed'],
  ])('of %j, asked for with %j, are not delivered: %s', async (changed, asked, what) => {
    const { error, got } = await assume([{ body: credentials(changed) }], asked);
    expect(got).toBeUndefined();
    expect(error).toMatchObject({ code: 'EXCHANGE_REJECTED', message: expect.stringContaining(what) });
    expect(error?.detail.hint).toContain('They were not delivered');
  });

  it('of a role with a path are told by its name', async () => {
    const path = [parseRoleArn(`arn:aws:iam::${ids.account}:role/ci/eu/deploy`)] as const;
    expect((await assume([{ body: credentials() }], { path })).error).toBeUndefined();
    const other = [parseRoleArn(`arn:aws:iam::${ids.account}:role/deploy/admin`)] as const;
    expect((await assume([{ body: credentials() }], { path: other })).error?.code).toBe('EXCHANGE_REJECTED');
  });

  // SeaweedFS and MinIO, and what else speaks STS and leaves out what only repeats the request.
  it('without AssumedRoleUser are of the role and the session name that were asked for', async () => {
    const without = credentials().replace(/<AssumedRoleUser>.*<\/AssumedRoleUser>/, '');
    for (const body of [without, credentials({ Arn: undefined }), credentials({ Arn: '' })]) {
      const { got, error } = await assume([{ body }]);
      expect(error).toBeUndefined();
      expect(got?.role).toEqual({ arn: good.Arn, accountId: ids.account });
    }
  });

  it('takes none of another account than the one that was asked for', async () => {
    const Arn = `arn:aws:sts::${ids.otherAccount}:assumed-role/deploy/job`;
    const { error } = await assume([{ body: credentials({ Arn }) }]);
    expect(error).toMatchObject({
      code: 'EXCHANGE_REJECTED',
      message: `STS gave credentials of another account than ${deploy.arn}.`,
      detail: { answer: Arn, hint: expect.stringContaining('not delivered') },
    });
  });

  it.each([
    [{ body: 'Welcome' }, 'HTTP 200'],
    [{ body: '<html><body>Sign in</body></html>' }, 'HTTP 200'],
    [{ body: '' }, 'HTTP 200'],
    [{ status: 403, body: '<html>Forbidden</html>' }, 'HTTP 403'],
    [{ status: 400, body: problem('access denied') }, 'HTTP 400'],
    [{ status: 400, body: problem('') }, 'HTTP 400'],
  ])('%j is no answer of STS', async (answer, said) => {
    const { error, asked } = await assume([answer]);
    expect(error).toMatchObject({ code: 'ANSWER_MALFORMED', detail: { answer: expect.stringContaining(`${said}, `) } });
    expect(error?.message).toMatch(/^STS answered with/);
    expect(asked).toHaveLength(1);
  });

  const trust = {
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::${ids.account}:oidc-provider/token.actions.githubusercontent.com` },
  };
  it.each([
    [
      'InvalidIdentityToken',
      'The web identity token provided could not be validated',
      'EXCHANGE_REFUSED',
      'the audience is not among',
      'See that {audience} is right. If it is, the IAM OIDC provider must list sts.amazonaws.com.',
    ],
    [
      'AccessDenied',
      'x',
      'EXCHANGE_REFUSED',
      'its trust policy does not allow this job, or it does not exist',
      `See that {roleToAssume} is right and ${deploy.arn} exists`,
    ],
    ['ExpiredTokenException', 'x', 'EXCHANGE_REJECTED', 'the ID token has expired', 'The clock of this machine'],
    ['IDPRejectedClaim', 'x', 'EXCHANGE_REJECTED', 'the issuer rejected the token', 'Run the job again'],
    ['IDPCommunicationError', 'x', 'UNAVAILABLE', 'the issuer could not be reached', 'AWS reads https://token.actions'],
    [
      'InvalidIdentityToken',
      'No OpenIDConnect provider found',
      'EXCHANGE_REFUSED',
      'no OIDC provider for this issuer',
      `See that {roleToAssume} is of the right account. If it is, create the provider in account ${ids.account}`,
    ],
    [
      'InvalidIdentityToken',
      'Incorrect token audience',
      'EXCHANGE_REFUSED',
      'the audience is not among',
      'See that {audience} is right. If it is, the IAM OIDC provider must list sts.amazonaws.com.',
    ],
    [
      'InvalidIdentityToken',
      "Couldn't retrieve verification key",
      'UNAVAILABLE',
      'could not be read in time',
      'AWS reads https://token.actions',
    ],
    [
      'InvalidIdentityToken',
      'else',
      'EXCHANGE_REJECTED',
      'the ID token is not valid',
      'See that the IAM OIDC provider is for https://token.actions',
    ],
    [
      'RegionDisabledException',
      'x',
      'EXCHANGE_REJECTED',
      'STS is not active',
      `Activate STS in ${region} in the account settings of ${ids.account}`,
    ],
    [
      'ValidationError',
      'The requested DurationSeconds exceeds',
      'EXCHANGE_REJECTED',
      'a session of that length',
      `raise the maximum session duration of ${deploy.arn}`,
    ],
    [
      'ValidationError',
      'the MaxSessionDuration set',
      'EXCHANGE_REJECTED',
      'a session of that length',
      'Lower {roleDurationSeconds}',
    ],
    [
      'ValidationError',
      'else',
      'EXCHANGE_REJECTED',
      'the request was not accepted',
      'See that {roleToAssume} is right',
    ],
    ['MalformedPolicyDocument', 'x', 'EXCHANGE_REJECTED', 'the session policy is not one', 'See {inlineSessionPolicy}'],
    ['PackedPolicyTooLarge', 'x', 'EXCHANGE_REJECTED', 'the session is too large', 'Tags that the ID token has'],
    ['Throttling', 'x', 'UNAVAILABLE', 'it is throttling', 'Fewer jobs'],
    ['UnheardOf', 'x', 'EXCHANGE_REJECTED', 'the request was not accepted', 'See that {roleToAssume} is right'],
  ])('%s, %s: %s', async (code, message, ours, what, hint) => {
    const { error, asked } = await assume([
      { status: 400, headers: { 'x-amzn-requestid': 'request-1' }, body: problem(code, message) },
    ]);
    expect(error).toMatchObject({
      code: ours,
      detail: {
        answer: `${code.replace(/Exception$/, '')}, HTTP 400, request request-1: ${message}`,
        hint: expect.stringContaining(hint),
        presented: { issuer: claims.iss, subject: claims.sub },
      },
    });
    expect(error?.message).toContain(
      `AWS ${ours === 'UNAVAILABLE' ? 'could not give credentials of' : 'denied'} ${deploy.arn}: `,
    );
    expect(error?.message).toContain(what);
    expect(asked).toHaveLength({ UNAVAILABLE: 9, EXCHANGE_REFUSED: 3 }[ours] ?? 1);
    const document = error?.detail.document ?? '';
    if (code === 'AccessDenied') expect(JSON.parse(document)).toMatchObject({ Statement: [trust] });
    else if (what === 'no OIDC provider for this issuer')
      expect(document).toBe(
        `aws iam create-open-id-connect-provider --url=https://token.actions.githubusercontent.com --client-id-list='["sts.amazonaws.com"]'`,
      );
    else if (what === 'the audience is not among')
      expect(document).toMatch(
        /^aws iam add-client-id-to-open-id-connect-provider .*oidc-provider\/token\.actions.*--client-id=\S+$/,
      );
    else expect(document).toBe('');
  });

  it.each(['', 'a b', 'x'.repeat(65), '<'])('the request id %j is not told', async (id) => {
    const { error } = await assume([{ status: 400, headers: { 'x-amzn-requestid': id }, body: problem('UnheardOf') }]);
    expect(error?.detail.answer).toBe('UnheardOf, HTTP 400: x');
  });

  it('says what STS said, without the token', async () => {
    const idToken = tokenOf(claims);
    const said = `No ${idToken.reveal()} here. Nor there.`;
    const { error } = await assume([{ status: 400, body: problem('UnheardOf', said) }], {}, idToken);
    expect(error?.detail.answer).toBe('UnheardOf, HTTP 400: No *** here.');
  });

  it('where there is an azp, that and no audience is what the provider must list', async () => {
    const audience = { status: 400, body: problem('InvalidIdentityToken', 'Incorrect token audience') };
    const { error } = await assume([audience], {}, tokenOf({ ...claims, azp: 'the-azp' }));
    expect(error?.detail.hint).toContain('The token has azp the-azp');
    expect(error?.detail.document).toMatch(/--client-id='?the-azp'?$/);
    expect(error?.detail.document).not.toContain('sts.amazonaws.com');
    const same = await assume([audience], {}, tokenOf({ ...claims, azp: 'sts.amazonaws.com' }));
    expect(same.error?.detail.hint).toContain('must list it');
    expect(same.error?.detail.document?.split('\n')).toHaveLength(1);
  });

  it.each([
    [500, 'is failing'],
    [429, 'is throttling'],
  ])('HTTP %i is tried again', async (status, told) => {
    const { error, asked } = await assume([{ status, body: '' }]);
    expect(error).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining(`STS, asked for ${deploy.arn}, ${told} (HTTP ${status}).`),
    });
    expect(asked).toHaveLength(9);
    expect((await assume([{ status, body: '' }, { body: credentials() }])).error).toBeUndefined();
  });
});

describe('a chain of roles', () => {
  const path = [deploy, publish] as const;
  const second = { Arn: `arn:aws:sts::${ids.otherAccount}:assumed-role/publish/job` };
  const answers = [{ body: credentials() }, { body: credentials(second, 'AssumeRole') }];
  const tags = [{ key: 'Team', value: 'a' }];

  // Source: AWS STS API Reference, AssumeRole.
  it('signs the next role with the credentials of the one before, and narrows the last alone', async () => {
    const more = { path, durationSeconds: 900, externalId: 'id', tags, transitiveTagKeys: ['Team'] };
    const soon = { ...second, Expiration: new Date(now + 900_000).toISOString() };
    const { asked, got } = await assume([answers[0] as Answer, { body: credentials(soon, 'AssumeRole') }], more);
    expect(got?.role.accountId).toBe(ids.otherAccount);
    expect(form(asked[0]?.body)).not.toHaveProperty('DurationSeconds');
    expect(form(asked[1]?.body)).toEqual({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: publish.arn,
      RoleSessionName: 'job',
      DurationSeconds: '900',
      ExternalId: 'id',
      'Tags.member.1.Key': 'Team',
      'Tags.member.1.Value': 'a',
      'TransitiveTagKeys.member.1': 'Team',
    });
    expect(asked[1]?.headers.authorization).toMatch(
      new RegExp(`^AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20261118/${region}/sts/aws4_request, SignedHeaders=`),
    );
    expect(asked[1]?.headers['x-amz-security-token']).toBe('session-token');
  });

  it('writes no empty list', async () => {
    const { asked } = await assume(answers, { path });
    expect(Object.keys(form(asked[1]?.body))).toEqual(['Action', 'Version', 'RoleArn', 'RoleSessionName']);
  });

  it('sets a tag that goes on by itself once', async () => {
    const third = parseRoleArn(`arn:aws:iam::${ids.account}:role/last`);
    const last = { body: credentials({ Arn: `arn:aws:sts::${ids.account}:assumed-role/last/job` }, 'AssumeRole') };
    const more = { path: [deploy, publish, third] as const, transitiveTagKeys: ['Team'] };
    const { asked, error } = await assume([...answers, last], { ...more, tags: [...tags, { key: 'Run', value: '7' }] });
    expect(error).toBeUndefined();
    expect(form(asked[2]?.body)).toMatchObject({ 'Tags.member.1.Key': 'Run' });
    expect(form(asked[2]?.body)).not.toHaveProperty('Tags.member.2.Key');
    expect(form(asked[2]?.body)).not.toHaveProperty('TransitiveTagKeys.member.1');
  });

  it('ends where the credentials have ended in the middle of it', async () => {
    const ended = { body: credentials({ Expiration: new Date(now).toISOString() }) };
    const { error, asked } = await assume([ended, { body: credentials(second, 'AssumeRole') }], { path });
    expect(error).toMatchObject({
      code: 'EXCHANGE_REJECTED',
      message: expect.stringContaining('expired in the middle of the chain'),
    });
    expect(asked).toHaveLength(1);
  });

  it.each([
    [{}, { Action: 'sts:AssumeRole' }],
    [{ externalId: 'id' }, { Action: 'sts:AssumeRole', Condition: { StringEquals: { 'sts:ExternalId': 'id' } } }],
    [{ tags }, { Action: ['sts:AssumeRole', 'sts:TagSession'] }],
  ])('a denial with %j writes the statement that is missing', async (more, statement) => {
    const { error } = await assume([{ body: credentials() }, { status: 403, body: problem('AccessDenied') }], {
      path,
      ...more,
    });
    expect(error).toMatchObject({
      code: 'EXCHANGE_REFUSED',
      message: expect.stringContaining(`its trust policy does not allow ${good.Arn}, or it does not exist`),
    });
    const hint = error?.detail.hint ?? '';
    expect(hint).toContain(`See that {roleChain} is right and ${publish.arn} exists, that deploy may call`);
    expect(JSON.parse(hint.slice(hint.indexOf('{\n')))).toEqual({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ids.account}:role/deploy` },
      ...statement,
    });
  });

  it('names the input that the role is in, whatever STS says', async () => {
    const { error } = await assume([{ body: credentials() }, { status: 400, body: problem('UnheardOf') }], { path });
    expect(error).toMatchObject({
      code: 'EXCHANGE_REJECTED',
      message: `AWS denied ${publish.arn}: the request was not accepted.`,
      detail: { hint: expect.stringContaining('See that {roleChain} is right.') },
    });
  });

  it('tells that the credentials of the role before have ended', async () => {
    const { error } = await assume([{ body: credentials() }, { status: 403, body: problem('ExpiredToken') }], { path });
    expect(error).toMatchObject({
      code: 'EXCHANGE_REJECTED',
      detail: { hint: expect.stringContaining('the chain took too long') },
    });
    expect(error?.message).toContain('the credentials of the role before it have expired');
  });
});

describe('a secret of letters and digits alone', () => {
  it('is asked for until it is there', async () => {
    const plain = { body: credentials({ SecretAccessKey: 'Plain1' }) };
    const { got, asked } = await assume([{ body: credentials() }, { body: credentials() }, plain], {
      plainSecret: true,
    });
    expect(got?.reveal().secretAccessKey).toBe('Plain1');
    expect(asked).toHaveLength(3);
  });

  it('and not for ever', async () => {
    const { error, asked } = await assume([{ body: credentials() }], { plainSecret: true });
    expect(error).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('letters and digits alone in time'),
    });
    expect(asked).toHaveLength(40);
  });
});

describe('credentials that the job has', () => {
  const held = { AWS_ACCESS_KEY_ID: 'ASIAHELD', AWS_SECRET_ACCESS_KEY: 'held-secret', AWS_SESSION_TOKEN: 'held-token' };
  const identity = (arn: string | undefined, account: string | undefined = ids.account) =>
    `<GetCallerIdentityResponse ${xmlns}><GetCallerIdentityResult>${arn ? `<Arn>${arn}</Arn>` : ''}${account ? `<Account>${account}</Account>` : ''}<UserId>AROA</UserId></GetCallerIdentityResult>${metadata}</GetCallerIdentityResponse>`;

  async function look(
    answers: readonly Answer[],
    environment: Readonly<Record<string, string>> = held,
    changed: Partial<RolePathRequest> & { readonly asName?: string } = {},
  ) {
    await using server = await answering(...answers);
    const [masked, said]: [string[], string[]] = [[], []];
    const outbound = quietOutbound(
      {
        http,
        deadline: now + 10_000,
        maxAttempts: 3,
        mask: (secret) => masked.push(secret),
        log: (line) => said.push(line),
      },
      { environment, now: () => now, random: () => 0, sleep: async () => {} },
    );
    const { asName, ...request } = changed;
    const sessionName = asName === undefined ? undefined : parseSessionName(asName);
    const pass = new Identity(
      { source: { kind: 'kubernetes', files: {} }, requiredClaims: [] },
      outbound,
      [],
    ).withoutIdToken('x');
    const found = existingCredentials({ request: requestTo(server.url, request), sessionName, pass }, outbound);
    return { found: await found.catch((error: FedbridgeError) => error), masked, said, asked: server.asked };
  }

  it('of the role are taken, after one signed look', async () => {
    const { found, masked, asked } = await look([
      { body: identity(`arn:aws:sts::${ids.account}:assumed-role/deploy/xy`) },
    ]);
    expect(found).toMatchObject({ role: { accountId: ids.account }, expiresAt: undefined, presented: undefined });
    expect(masked).toEqual(['ASIAHELD', 'held-secret', 'held-token']);
    expect(form(asked[0]?.body)).toEqual({ Action: 'GetCallerIdentity', Version: '2011-06-15' });
    expect(asked[0]?.headers.authorization).toContain('Credential=ASIAHELD/');
  });

  it('of the last role of a chain are taken, by its name without its path', async () => {
    const body = identity(`arn:aws:sts::${ids.otherAccount}:assumed-role/publish/xy`, ids.otherAccount);
    const { found } = await look([{ body }], held, { path: [deploy, publish] });
    expect(found).toMatchObject({ role: { accountId: ids.otherAccount } });
  });

  it.each([
    [`arn:aws:sts::${ids.account}:assumed-role/deploy2/xy`],
    [`arn:aws:sts::${ids.otherAccount}:assumed-role/deploy/xy`],
    [`arn:aws:iam::${ids.account}:user/mona`],
  ])('of %s are not', async (arn) => {
    const { found, said } = await look([{ body: identity(arn) }]);
    expect(found).toBeUndefined();
    expect(said).toEqual([`The credentials that the job has are those of ${arn}.`]);
  });

  it.each([
    [{ status: 403, body: problem('ExpiredToken') }],
    [{ status: 403, body: problem('InvalidClientTokenId') }],
    [{ body: identity(undefined) }],
    [{ body: identity('arn:aws:sts::1:assumed-role/deploy/x', '') }],
  ])('that STS does not take are not: %j', async (answer) => {
    const { found, said } = await look([answer]);
    expect(found).toBeUndefined();
    expect(said).toEqual(['The credentials that the job has are not, or no longer, good.']);
  });

  it.each([
    [{}],
    [{ AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'long-lived' }],
    [{ AWS_ACCESS_KEY_ID: 'ASIA', AWS_SESSION_TOKEN: 'x' }],
  ])('with %j nothing is asked', async (environment) => {
    const { found, asked } = await look([{ body: '' }], environment);
    expect(found).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it.each([
    { durationSeconds: 900 },
    { inlinePolicy: parseSessionPolicy('{"Statement":[]}') },
    { managedPolicies: ['arn:aws:iam::aws:policy/A'] },
    { allowedAccountIds: [ids.otherAccount] },
  ])('are never those of a session with %j', async (changed) => {
    const { found } = await look(
      [{ body: identity(`arn:aws:sts::${ids.account}:assumed-role/deploy/xy`) }],
      held,
      changed,
    );
    expect(found).toMatchObject({ code: 'EXCHANGE_REJECTED' });
  });

  it('have the session name that was chosen, or are not taken', async () => {
    const body = identity(`arn:aws:sts::${ids.account}:assumed-role/deploy/xy`);
    expect((await look([{ body }], held, { asName: 'xy' })).found).toMatchObject({ role: { accountId: ids.account } });
    expect((await look([{ body }], held, { asName: 'other' })).found).toBeUndefined();
    expect((await look([{ body }], held, { plainSecret: true })).found).toBeUndefined();
  });

  it('an STS that fails is asked again', async () => {
    const { found, asked } = await look([{ status: 503, body: '' }]);
    expect(found).toMatchObject({ code: 'UNAVAILABLE' });
    expect(asked).toHaveLength(3);
  });
});
