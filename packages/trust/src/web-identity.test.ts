import { conditionKeysOf } from '@fedbridge/issuers';
import { describe, expect, it } from 'vitest';
import {
  assertionProblem,
  awsTrust,
  connectionJob,
  evaluateTrustPolicy,
  parseTrustPolicy,
  providerAccepts,
  webIdentityProblem,
  webIdentityRequest,
} from './index.ts';

const issuer = 'https://login.microsoftonline.com/1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9/v2.0';
const [aud, azp] = ['fb60f99c-7a34-4190-8149-302f77469936', '499b84ac-1321-427f-aa17-267ca6975798'];
const provider = `arn:aws:iam::123456789012:oidc-provider/${issuer.slice('https://'.length)}`;

describe('A token with an azp', () => {
  const { provider: written, trustPolicy } = awsTrust(connectionJob(issuer, '/eid1/x'), {
    account: '123456789012',
    partition: 'aws',
  });
  const ask = (policy: object, claims: object) => {
    const request = webIdentityRequest(
      { iss: issuer, sub: '/eid1/x', ...claims },
      provider,
      conditionKeysOf(issuer),
      0,
    );
    return evaluateTrustPolicy(parseTrustPolicy(policy), request).allowed;
  };

  it('is allowed by what is written for it, and by nothing that takes aud for its audience', () => {
    expect(ask(trustPolicy, { aud, azp })).toBe(true);
    expect(ask(trustPolicy, { aud })).toBe(false);
    expect(ask(trustPolicy, { aud: 'api://other', azp })).toBe(false);
    const [statement] = trustPolicy.Statement;
    const name = issuer.slice('https://'.length);
    const mistaken = { StringEquals: { [`${name}:aud`]: aud, [`${name}:sub`]: '/eid1/x' } };
    expect(ask({ ...trustPolicy, Statement: [{ ...statement, Condition: mistaken }] }, { aud, azp })).toBe(false);
  });

  it('is taken by a provider that lists the azp, and its audience need not be there', () => {
    expect(providerAccepts(written?.ClientIDList ?? [], { aud, azp })).toBe(true);
    expect(providerAccepts([aud], { aud, azp })).toBe(false);
    expect(providerAccepts([aud], { aud })).toBe(true);
    expect(providerAccepts([aud], { aud: [aud] })).toBe(true);
    expect(providerAccepts([aud, 'other'], { aud: [aud, 'other'] })).toBe(false);
    expect(providerAccepts([azp], { aud: [aud, 'other'], azp })).toBe(true);
  });
});

describe('Condition keys of a token', () => {
  const gitHub = 'https://token.actions.githubusercontent.com';
  const contextOf = (iss: string, claims: object) =>
    webIdentityRequest({ iss, aud: 'a', ...claims }, provider, conditionKeysOf(iss), 0, { 'sts:RoleSessionName': 's' })
      .context;
  const own = (iss: string, claims: object) =>
    Object.keys(contextOf(iss, claims)).filter((key) => !/^(aws:|sts:RoleAuthorizedByIdp$)/.test(key));

  it('are those that STS fills, and no others that it has', () => {
    const claims = {
      sub: 's',
      enterprise_id: 7,
      repository_owner: 'octo',
      event_name: 'push',
      repo_property_team: 'x',
    };
    const hub = 'token.actions.githubusercontent.com';
    expect(own(gitHub, claims)).toEqual([
      `${hub}:aud`,
      `${hub}:oaud`,
      `${hub}:sub`,
      `${hub}:enterprise_id`,
      'sts:RoleSessionName',
    ]);
    expect(contextOf(gitHub, claims)[`${hub}:enterprise_id`]).toBe('7');
    expect(own(`${gitHub}.evil.example`, { actor: 'octocat' })).not.toContain(`${hub}.evil.example:actor`);
  });

  it("begin with the provider's name, and keep a slash at its end", () => {
    expect(own('https://acme.auth0.com/', { sub: 's' })).toContain('acme.auth0.com/:sub');
    expect(own('https://acme.auth0.com/', { sub: 's' })).not.toContain('acme.auth0.com:sub');
  });

  it('hold several values where the claim does', () => {
    expect(contextOf(gitHub, { amr: ['pwd', 1] })).toMatchObject({
      'token.actions.githubusercontent.com:amr': ['pwd', '1'],
    });
  });
});

describe('Before any policy is asked', () => {
  const now = 1_790_000_000;
  const whole = { iss: 'https://i', sub: 's', aud: 'a', iat: now, exp: now + 300 };
  const sts = (claims: object, more: object = {}) =>
    webIdentityProblem({ ...whole, ...claims }, { now, isWhole: true, ...more });
  const entra = (claims: object, isWhole = true) => assertionProblem({ ...whole, ...claims }, { now, isWhole });

  it.each(['iss', 'sub', 'aud', 'iat', 'exp'])('STS wants %s', (claim) => {
    for (const missing of [undefined, null])
      expect(sts({ [claim]: missing })).toBe(
        `The token has no ${claim}: STS denies it with "Missing a required claim: ${claim}".`,
      );
  });

  it.each([
    ...['http://i', 'HTTPS://i', 'i', '//i', 'https:/i', 'https://', 'ftp://i', 'accounts.google.com', ' https://i'],
    ...[
      'https://i?a',
      'https://i#a',
      'https://a@i',
      'https://i j',
      'https://i\\j',
      'http://127.0.0.1.example.com',
      'http://10.0.0.1',
    ],
    ...['', 7, true, {}, ['https://i']],
  ])('neither cloud trusts an issuer that is no https:// URL: %j', (iss) => {
    for (const isWhole of [true, false]) {
      expect(sts({ iss }, { isWhole })).toMatch(/^The token's iss is .*https:\/\//);
      expect(entra({ iss }, isWhole)).toMatch(/^The token's iss is .*https:\/\//);
    }
  });

  it.each([
    'https://i',
    'https://i/',
    'https://i:8443/a',
    'http://127.0.0.1:4000',
    'http://localhost:1/a',
    'http://[::1]:1',
  ])('an issuer may be %s', (iss) => {
    expect(sts({ iss })).toBeUndefined();
    expect(entra({ iss })).toBeUndefined();
  });

  it('claims that somebody wrote down may have no times, and those that are there count', () => {
    for (const problem of [
      sts({ iat: undefined, exp: undefined }, { isWhole: false }),
      entra({ iat: undefined, exp: undefined }, false),
    ])
      expect(problem).toBeUndefined();
    expect(sts({ iat: undefined, exp: 1 }, { isWhole: false })).toContain('expired at 1970-01-01T00:00:01Z');
    expect(entra({ exp: undefined })).toBe('The token has no exp.');
    expect(entra({ exp: 1 }, false)).toContain('expired');
  });

  it('the subject may be empty or a number', () => {
    for (const sub of ['', 0, 7]) expect(sts({ sub })).toBeUndefined();
  });

  it('times have five minutes of tolerance', () => {
    for (const [name, at, isTaken] of [
      ['exp', now - 299, true],
      ['exp', now - 300, false],
      ['nbf', now + 300, true],
      ['nbf', now + 301, false],
      ['exp', String(now), true],
      ['exp', now + 0.5, false],
      ['exp', 'tomorrow', false],
      ['exp', -1, false],
      ['exp', 1e300, false],
    ] as const) {
      expect(sts({ [name]: at }) === undefined, `STS, ${name} ${at}`).toBe(isTaken);
      expect(entra({ iat: now - 600, [name]: at }) === undefined, `Entra, ${name} ${at}`).toBe(isTaken);
    }
    expect(sts({ iat: now + 300 })).toBeUndefined();
    expect(sts({ iat: now + 301 })).toBe('The token is not valid before 2026-09-21T14:18:21Z (iat).');
    expect(entra({ iat: now + 301 })).toBeUndefined();
  });

  it('Entra takes no token that lives longer than 25 hours', () => {
    expect(entra({ exp: now + 90_000 })).toBeUndefined();
    expect(entra({ exp: now + 90_001 })).toContain('25 hours');
    expect(sts({ exp: now + 90_001 })).toBeUndefined();
  });

  it('STS takes one audience, or an azp that says which', () => {
    expect(sts({ aud: ['a', 'b'] })).toBe(
      'The token has 2 audiences and no azp: STS takes exactly one, or an azp that says which.',
    );
    for (const aud of [[], 7, [{}]]) expect(sts({ aud })).toContain('0 audiences');
    expect(sts({ aud: ['a'] }, { clientIds: ['a'] })).toBeUndefined();
    expect(sts({ aud: ['a', 'b'], azp: 'c' }, { clientIds: ['c'] })).toBeUndefined();
    expect(sts({ aud: 'a', azp: 'c' }, { clientIds: ['a', 'b'] })).toBe(
      'The provider takes a, b; the token is for a with azp c, which counts.',
    );
    expect(sts({}, { clientIds: ['b'] })).toBe('The provider takes b; the token is for a.');
  });

  it('a token may name its roles', () => {
    const role = 'arn:aws:iam::123456789012:role/deploy';
    const other = 'arn:aws:iam::123456789012:role/other';
    const problem = (named: unknown, asked: string | undefined = role) =>
      sts({ 'https://aws.amazon.com/roles': named }, { role: asked });
    const taken = [null, role, [role], `${other}; ${role} `, [7, role, null], [other, role], `;${role};`];
    for (const named of taken) expect(problem(named), JSON.stringify(named)).toBeUndefined();
    const refused = [
      [],
      '',
      7,
      true,
      { role },
      [[role]],
      [other],
      'arn:aws:iam::123456789012:role/*',
      role.toUpperCase(),
    ];
    for (const arn of [
      ...[
        'arn:',
        'arn:aws:iam::123456789012:role/',
        'arn:aws:iam::123456789012:user/deploy',
        'arn:aws:iam::12345:role/x',
      ],
      ...['arn:aws:sts::123456789012:assumed-role/x/y', 'arn:gcp:iam::123456789012:role/x', `${role}:x`, `${role} x`],
      ...[`${role}/`, `arn:aws:iam::123456789012:role//x`, `${other},${role}`, `${role.slice(0, -6)}${'x'.repeat(65)}`],
    ]) {
      // It counts as little among others, and is no role where none is known.
      expect(problem([arn], arn), arn).toContain('names no role');
      expect(sts({ 'https://aws.amazon.com/roles': arn }), arn).toContain('names no role');
      expect(problem([arn, role]), arn).toBeUndefined();
    }
    for (const arn of ['arn:aws-us-gov:iam::123456789012:role/ci/x', 'arn:aws-cn:iam::123456789012:role/a+=,.@-_b'])
      expect(problem([arn], arn)).toBeUndefined();
    for (const named of refused)
      expect(problem(named), JSON.stringify(named)).toContain('https://aws.amazon.com/roles');
    expect(sts({ 'https://aws.amazon.com/roles': [other] })).toBeUndefined();
  });
});
