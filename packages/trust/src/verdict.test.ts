import { describe, expect, it } from 'vitest';
import {
  type AnyFederatedCredential,
  credentialsVerdict,
  parseTrustPolicy,
  policyVerdict,
  type WebIdentityClaims,
} from './index.ts';

const hub = 'token.actions.githubusercontent.com';
const now = 1_795_000_000;
const presented = { now, isWhole: false };
const token = (claims: object = {}) => ({
  ...{ iss: `https://${hub}`, sub: 'repo:octo/app:ref:refs/heads/main', aud: 'sts.amazonaws.com' },
  ...{ repository: 'octo/app', repository_owner: 'octo', enterprise_id: '7', iat: now, exp: now + 300 },
  ...claims,
});
const statement = (Condition: object, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${hub}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com' }, ...Condition },
  ...more,
});
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const verdict = (document: object, claims: WebIdentityClaims = token(), more: object = {}) =>
  policyVerdict(parseTrustPolicy(document), claims, { ...presented, ...more });
const like = (key: string, value: string, name = hub) => ({ StringLike: { [`${name}:${key}`]: value } });

describe('A token of GitHub at AWS', () => {
  it.each([
    ['a subject', like('sub', 'repo:octo/app:*'), true],
    ['a repository', like('repository', 'octo/app'), true],
    ['the id of an enterprise', like('enterprise_id', '7'), true],
    ['the owner, of which STS has no key', like('repository_owner', '*'), false],
    ['the owner, negated: it keeps nobody out', { StringNotLike: { [`${hub}:repository_owner`]: 'octo' } }, true],
    ['the issuer, of which STS has no key', like('iss', '*'), false],
    ['a key of another issuer', like('sub', '*', 'gitlab.com'), false],
    ["a key of an enterprise's own issuer", like('sub', '*', `${hub}/acme`), false],
    ['a key with the scheme in it', like('sub', '*', `https://${hub}`), false],
  ])('%s', (_title, condition, allowed) => {
    expect(verdict(policy(statement(condition))).allowed).toBe(allowed);
  });

  it('of another issuer is told by its issuer, since no account is known', () => {
    expect(verdict(policy(statement({})), token({ iss: `https://${hub}/` })).why).toEqual([
      `Statement 1 does not allow it: its principal is not an OIDC provider of https://${hub}/.`,
    ]);
  });

  describe('by a policy for several accounts, which names the provider of each', () => {
    const of = (account: string, condition: object, more: object = {}) =>
      statement(condition, {
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${hub}` },
        ...more,
      });
    const first = of('111111111111', like('ref', 'refs/heads/x'));
    const second = of('222222222222', like('sub', 'repo:octo/app:*'));
    const both = ['111111111111', '222222222222'].map((one) => `arn:aws:iam::${one}:oidc-provider/${hub}`);
    it.each([
      ['the first', policy(of('111111111111', {}), of('222222222222', like('sub', 'x'))), true],
      ['the second', policy(first, second), true],
      [
        'the second of one statement',
        policy(statement({ StringLike: { 'aws:PrincipalAccount': '2*' } }, { Principal: { Federated: both } })),
        true,
      ],
      [
        'a denial of the first beside the second',
        policy(first, second, of('111111111111', {}, { Effect: 'Deny' })),
        true,
      ],
      [
        'a denial of both',
        policy(first, second, statement({}, { Effect: 'Deny', Principal: { Federated: both } })),
        false,
      ],
      ['none', policy(first, of('222222222222', like('sub', 'x'))), false],
      [
        'any but the one that is denied',
        policy(statement({}, { Principal: { Federated: '*' } }), of('111111111111', {}, { Effect: 'Deny' })),
        true,
      ],
    ] as const)('is allowed by %s', (_title, document, allowed) => {
      expect(verdict(document).allowed).toBe(allowed);
    });

    it('and where it is denied, by what each says of its own', () => {
      const { why } = verdict(policy(first, of('222222222222', like('sub', 'x'))), token({ ref: 'refs/heads/main' }));
      expect(why).toEqual([
        `Statement 1 does not allow it: \`${hub}:ref\` is \`refs/heads/main\`, the policy wants \`refs/heads/x\` (StringLike).`,
        expect.stringMatching(/^Statement 2 does not allow it: `.*:sub` is /),
      ]);
    });

    it('whose provider is known is allowed by that alone', () => {
      const policies = policy(first, second);
      expect(both.map((provider) => verdict(policies, token(), { provider }).allowed)).toEqual([false, true]);
    });
  });

  it.each([
    ['accounts.google.com', true],
    // Accounts have such providers, though AWS asks nobody to make one; that STS denies their tokens was not seen.
    ['arn:aws:iam::123456789012:oidc-provider/accounts.google.com', true],
    ['arn:aws:iam::123456789012:oidc-provider/accounts.google.com.evil.example', false],
    ['arn:aws:iam::123456789012:oidc-provider/x/accounts.google.com', false],
  ])('of Google is trusted by %s: %s', (Federated, allowed) => {
    const google = policy({ ...statement({}), Principal: { Federated }, Condition: {} });
    expect(verdict(google, token({ iss: 'https://accounts.google.com', azp: '123' })).allowed).toBe(allowed);
  });

  it.each([
    'cognito-identity.amazonaws.com',
    'cognito-identity-us-gov.amazonaws.com',
    'cognito-identity.us-gov-east-1.amazonaws.com',
    'cognito-identity.cn-north-1.amazonaws.com.cn',
    'accounts.google.com',
  ])('of %s is trusted by that principal or a provider that was made for it, and by no other', (host) => {
    const claims = token({ iss: `https://${host}`, aud: 'eu-central-1:4711', amr: ['authenticated', host] });
    const Condition = {
      StringEquals: { [`${host}:aud`]: 'eu-central-1:4711' },
      'ForAnyValue:StringLike': { [`${host}:amr`]: 'authenticated' },
    };
    const by = (Federated: string) =>
      verdict(policy({ ...statement({}), Principal: { Federated }, Condition }), claims);
    expect([host, `arn:aws:iam::123456789012:oidc-provider/${host}`].map((one) => by(one).allowed)).toEqual([
      true,
      true,
    ]);
    for (const other of ['www.amazon.com', `https://${host}`, `${host}/`]) expect(by(other).allowed, other).toBe(false);
    expect(verdict(policy({ ...statement({}), Principal: { Federated: host } }), token()).allowed).toBe(false);
    for (const iss of [`https://${host}/`, `https://${host}:443`, `https://x.${host}`, `https://${host.toUpperCase()}`])
      expect(
        verdict(policy({ ...statement({}), Principal: { Federated: host }, Condition: {} }), { ...claims, iss })
          .allowed,
      ).toBe(false);
  });

  it('is of GitHub only if its issuer is, to the last letter', () => {
    const evil = `${hub}.evil.example`;
    const Principal = { Federated: `arn:aws:iam::123456789012:oidc-provider/${evil}` };
    const trusting = (key: string) => ({ ...statement({}), Principal, Condition: like(key, '*', evil) });
    expect(verdict(policy(trusting('sub')), token({ iss: `https://${evil}` })).allowed).toBe(true);
    expect(verdict(policy(trusting('repository')), token({ iss: `https://${evil}` }))).toEqual({
      allowed: false,
      why: [expect.stringContaining('is a key that STS never fills for this issuer')],
    });
  });

  it('is denied once it has expired, five minutes later', () => {
    const document = policy(statement(like('sub', 'repo:octo/*')));
    expect(verdict(document, token(), { now: now + 599 }).allowed).toBe(true);
    expect(verdict(document, token(), { now: now + 600 })).toEqual({
      allowed: false,
      why: ['The token expired at 2026-11-18T11:11:40Z.'],
    });
  });

  it('is denied by whoever denies everybody', () => {
    for (const Principal of ['*', { AWS: '*' }]) {
      const deny = { Effect: 'Deny', Principal, Action: '*', Condition: like('sub', '*:pull_request') };
      const document = policy(statement(like('sub', 'repo:octo/app:*')), deny);
      expect(verdict(document).allowed).toBe(true);
      expect(verdict(document, token({ sub: 'repo:octo/app:pull_request' }))).toEqual({
        allowed: false,
        why: ['Statement 2 denies it, whatever others allow.'],
      });
    }
  });
});

describe('A token of a service connection on the Entra issuer', () => {
  const tenant = '1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9';
  const [aud, azp] = ['fb60f99c-7a34-4190-8149-302f77469936', '499b84ac-1321-427f-aa17-267ca6975798'];
  const claims = { iss: `https://login.microsoftonline.com/${tenant}/v2.0`, sub: '/eid1/c/pub/t/x', aud, azp };
  const name = claims.iss.slice('https://'.length);
  const trusting = (keys: object) => ({
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${name}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: Object.fromEntries(Object.entries(keys).map(([key, value]) => [`${name}:${key}`, value])),
    },
  });

  it('has its azp as aud at AWS, and its audience as oaud', () => {
    expect(verdict(policy(trusting({ aud: azp, oaud: aud, sub: claims.sub })), claims).allowed).toBe(true);
    expect(verdict(policy(trusting({ aud, sub: claims.sub })), claims).allowed).toBe(false);
    expect(verdict(policy(trusting({ oaud: azp })), claims).allowed).toBe(false);
    expect(verdict(policy(trusting({ sub: claims.sub })), claims, { clientIds: [aud] }).allowed).toBe(false);
    expect(verdict(policy(trusting({ sub: claims.sub })), claims, { clientIds: [azp] }).allowed).toBe(true);
  });

  it('is trusted by a credential with the URI, and by none with the id', () => {
    const credential = (audience: string): AnyFederatedCredential => ({
      ...{ name: 'connection', issuer: claims.iss, subject: claims.sub, audiences: [audience] },
    });
    const ask = (audience: string) => credentialsVerdict([credential(audience)], claims, presented);
    expect(ask('api://AzureADTokenExchange').allowed).toBe(true);
    expect(ask(aud)).toEqual({
      allowed: false,
      why: [expect.stringContaining(`the audience is \`api://AzureADTokenExchange\`, it wants \`${aud}\``)],
    });
    expect(ask('api://AzureADTokenExchangeUSGov').allowed).toBe(false);
  });
});

it('an emulator on loopback has the keys of GitHub where its subjects are those', () => {
  for (const [sub, allowed] of [
    ['repo:octo/app:pull_request', true],
    ['environment:production', true],
    ['system:serviceaccount:a:b', false],
    ['p://contoso/web/release', false],
  ] as const) {
    const iss = 'http://127.0.0.1:4000';
    const Principal = { Federated: 'arn:aws:iam::123456789012:oidc-provider/127.0.0.1:4000' };
    const document = policy({
      ...statement({}),
      Principal,
      Condition: like('repository', 'octo/app', '127.0.0.1:4000'),
    });
    expect(verdict(document, token({ iss, sub })).allowed, sub).toBe(allowed);
    expect(verdict(document, token({ iss: 'http://example.com:4000', sub })).allowed).toBe(false);
  }
});
