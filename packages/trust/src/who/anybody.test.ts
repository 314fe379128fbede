import { loginServices } from '@fedbridge/issuers';
import { describe, expect, test } from 'vitest';
import { parseTrustPolicy } from '../policy.ts';
import { policyVerdict } from '../verdict.ts';
import { type Mine, parseMine } from './mine.ts';
import { sentenceOf, whomOf } from './sentence.ts';
import { whoAssumes } from './who.ts';

const now = 1_790_000_000;
const pool = 'eu-central-1:0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
const cognito = 'cognito-identity.amazonaws.com';
const userPool = 'cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab12';
const firebase = 'securetoken.google.com/octo-shop';
const hosts = loginServices.map(({ host }) => host);

type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const keyed = (issuer: string, conditions: Conditions = {}) =>
  Object.fromEntries(
    Object.entries(conditions).map(([operator, claims]) => [
      operator,
      Object.fromEntries(Object.entries(claims).map(([claim, value]) => [`${issuer}:${claim}`, value])),
    ]),
  );

function policyOf(issuer: string, conditions?: Conditions, denied?: Conditions) {
  const federated = hosts.includes(issuer) ? issuer : `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
  const common = { Principal: { Federated: federated }, Action: 'sts:AssumeRoleWithWebIdentity' };
  const deny = denied && { ...common, Effect: 'Deny', Condition: keyed(issuer, denied) };
  const allow = { ...common, Effect: 'Allow', Condition: keyed(issuer, conditions) };
  return parseTrustPolicy({ Version: '2012-10-17', Statement: [allow, ...(deny ? [deny] : [])] });
}

function ask(issuer: string, conditions?: Conditions, denied?: Conditions, mine: readonly Mine[] = []) {
  const policy = policyOf(issuer, conditions, denied);
  const all = whoAssumes(policy, mine, now);
  const [{ reach, exact, owners, witness } = { reach: undefined }] = all;
  // A token that shows it, by the evaluator's own word.
  const isSeen = !witness || policyVerdict(policy, witness.claims, { now, isWhole: true }, witness.request).allowed;
  expect(isSeen).toBe(true);
  return { reach, exact, owners, witness, sentence: sentenceOf(all), whom: all.map(whomOf) };
}

const amr = (operator: string, ...values: readonly string[]): Conditions => ({ [operator]: { amr: values } });

describe('an identity pool of Amazon Cognito', () => {
  const ofPool = { StringEquals: { aud: pool } };

  // Guests have credentials of a role without any sign-in, and whoever knows the pool is one.
  test.each<[string, Conditions, Conditions?]>([
    ['with nothing said of who has signed in', {}],
    ['for guests', amr('ForAnyValue:StringEquals', 'unauthenticated')],
    ['for guests, as the console writes it', amr('ForAnyValue:StringLike', 'unauthenticated')],
    ['for both', amr('ForAnyValue:StringEquals', 'authenticated', 'unauthenticated')],
    ['by a pattern that ends alike', amr('ForAnyValue:StringLike', '*authenticated')],
    ['for those of whom all values are among some', amr('ForAllValues:StringLike', '*authenticated', 'graph.*')],
    ['where one value is not', amr('ForAnyValue:StringNotEquals', 'authenticated')],
    ['where there are values at all', amr('Null', 'false')],
    ['but for those who have signed in by Facebook', {}, amr('ForAnyValue:StringEquals', 'graph.facebook.com')],
  ])('allows anybody %s', (_, conditions, denied) => {
    const { reach, exact, witness, sentence, whom } = ask(cognito, { ...ofPool, ...conditions }, denied);
    expect({ reach, exact, amr: witness?.claims.amr }).toEqual({
      reach: 'anybody',
      exact: true,
      amr: ['unauthenticated'],
    });
    expect(sentence).toBe(`Anybody is allowed, without an account at Amazon Cognito (${pool}).`);
    expect(whom).toEqual(['anybody, without an account']);
  });

  test.each<[string, Conditions, Conditions?]>([
    ['who has signed in', amr('ForAnyValue:StringEquals', 'authenticated')],
    ['who has signed in, as the console writes it', amr('ForAnyValue:StringLike', 'authenticated')],
    ['who has signed in by one provider', amr('ForAnyValue:StringLike', 'graph.facebook.com*')],
    ['who is no guest', amr('ForAllValues:StringNotEquals', 'unauthenticated')],
    ['with guests denied', {}, amr('ForAnyValue:StringEquals', 'unauthenticated')],
    ['with guests denied by what they have not', {}, amr('ForAllValues:StringNotEquals', 'authenticated')],
    ['with those denied who have nothing but one value', {}, amr('ForAllValues:StringEquals', 'unauthenticated', 'x')],
  ])('allows anybody with an account %s', (_, conditions, denied) => {
    const { reach, exact, witness, sentence } = ask(cognito, { ...ofPool, ...conditions }, denied);
    expect({ reach, exact }).toEqual({ reach: 'any account', exact: true });
    expect(witness?.claims.amr).toContain('authenticated');
    expect(sentence).toBe(`Anybody with an account at Amazon Cognito (${pool}) is allowed.`);
  });

  test.each<[string, Conditions, Conditions?]>([
    ['that have two values which nobody has together', { 'ForAllValues:StringEquals': { amr: 'x' } }],
    ['whose value is missing', { Null: { amr: 'true' } }],
    ['of which all are denied', {}, amr('ForAnyValue:StringLike', '*authenticated')],
  ])('allows nobody %s', (_, conditions, denied) => {
    expect(ask(cognito, { ...ofPool, ...conditions }, denied)).toMatchObject({ reach: 'nobody', exact: true });
  });

  const plain = ['StringEquals', 'StringLike', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringEqualsIfExists'];
  const values = ['authenticated', 'unauthenticated', '*', 'x'];

  // "The key is multivalued, meaning that you test it in a policy using condition set operators."
  test.each(plain.flatMap((operator) => values.map((value) => [operator, value] as const)))(
    'without a set operator is at most: %s %s',
    (operator, value) => {
      const condition = { [operator]: { ...(operator === 'StringEquals' ? { aud: pool } : {}), amr: value } };
      for (const [allowed, denied] of [[condition], [{}, condition]] as const)
        expect(ask(cognito, { ...ofPool, ...allowed }, denied)).toMatchObject({ reach: 'anybody', exact: false });
    },
  );

  test('allows one identity where one is named', () => {
    const one = ask(cognito, { StringEquals: { aud: pool, sub: `${pool}-1` } });
    expect(one).toMatchObject({ reach: 'named others', exact: true, owners: [`${pool}-1`] });
  });

  test.each(hosts.filter((host) => host.startsWith('cognito')))('is anybody without one, at %s', (host) => {
    const title = 'Anybody is allowed, without an account at Amazon Cognito.';
    expect(ask(host)).toMatchObject({ reach: 'anybody', exact: true, sentence: title });
  });

  test('is anybody beside owners who are ours', () => {
    expect(ask(cognito, ofPool, {}, [parseMine('github:octo') as Mine]).reach).toBe('nobody');
    expect(ask(cognito, ofPool, undefined, [parseMine('github:octo') as Mine]).reach).toBe('anybody');
  });
});

// Whoever likes signs up, so that an application names nobody.
describe('the users of an application', () => {
  test.each<[string, Conditions, string]>([
    ['www.amazon.com', { StringEquals: { app_id: 'amzn1.4711' } }, 'Login with Amazon (amzn1.4711)'],
    ['graph.facebook.com', { StringEquals: { app_id: ['4711', '4712'] } }, 'Facebook (4711, 4712)'],
    [
      'accounts.google.com',
      { StringEquals: { aud: '1-x.apps.googleusercontent.com' } },
      'Google (1-x.apps.googleusercontent.com)',
    ],
    [userPool, { StringEquals: { aud: 'app' } }, userPool],
    [userPool, { StringEquals: { aud: 'app' }, 'ForAnyValue:StringEquals': { amr: 'authenticated' } }, userPool],
    [userPool, { StringEquals: { aud: 'app' }, StringLike: { sub: '*' } }, userPool],
    ['octo.eu.auth0.com/', { StringEquals: { aud: 'app' } }, 'octo.eu.auth0.com/'],
    [`issuer-${userPool}`, { StringEquals: { aud: 'app' } }, `issuer-${userPool}`],
    ['octo-1.clerk.accounts.dev', { StringEquals: { aud: 'app' } }, 'octo-1.clerk.accounts.dev'],
    ['octo.ciamlogin.com/octo/v2.0', { StringEquals: { aud: 'app' } }, 'octo.ciamlogin.com/octo/v2.0'],
    ['octo.b2clogin.com/octo/v2.0/', { StringEquals: { aud: 'app' } }, 'octo.b2clogin.com/octo/v2.0/'],
    [
      'octo.b2clogin.com/tfp/octo/b2c_1_sign/v2.0/',
      { StringEquals: { aud: 'app' } },
      'octo.b2clogin.com/tfp/octo/b2c_1_sign/v2.0/',
    ],
    ['appleid.apple.com', { StringEquals: { aud: 'com.example.app' } }, 'Apple'],
    ['id.twitch.tv/oauth2', { StringEquals: { aud: 'app' } }, 'Twitch'],
    ['access.line.me', { StringEquals: { aud: '1234567890' } }, 'LINE'],
    ['www.linkedin.com/oauth', { StringEquals: { aud: 'app' } }, 'LinkedIn'],
    ['slack.com', { StringEquals: { aud: '1.2' } }, 'Slack'],
    [
      'login.salesforce.com',
      { StringEquals: { aud: 'app' }, StringLike: { sub: 'https://login.salesforce.com/id/*' } },
      'Salesforce',
    ],
  ])('at %s are anybody with an account', (issuer, conditions, whom) => {
    const sentence = `Anybody with an account at ${whom} is allowed.`;
    expect(ask(issuer, conditions)).toMatchObject({ reach: 'any account', exact: true, sentence });
  });

  test.each([
    [firebase, { StringEquals: { aud: 'octo-shop' } }],
    ['abcdefgh.supabase.co/auth/v1', { StringEquals: { aud: 'authenticated' } }],
    // An address that nobody verified says nothing.
    [firebase, { StringEquals: { aud: 'octo-shop', email: 'me@octo.example' } }],
  ])('at %s, which signs in who has no account, are anybody', (issuer, conditions) => {
    const sentence = `Anybody is allowed, without an account at ${issuer}.`;
    expect(ask(issuer, conditions)).toMatchObject({ reach: 'anybody', exact: true, sentence });
  });

  test.each<[string, Conditions, string]>([
    ['www.amazon.com', { StringEquals: { app_id: 'amzn1.4711', user_id: 'amzn1.account.1' } }, '@amzn1.account.1'],
    ['graph.facebook.com', { StringEquals: { app_id: '4711', id: '7' } }, '@7'],
    [userPool, { StringEquals: { aud: 'app', sub: 'b7' } }, 'b7'],
    ['octo.b2clogin.com/octo/v2.0/', { StringEquals: { aud: 'app', sub: 'b7' } }, 'b7'],
    ['appleid.apple.com', { StringEquals: { aud: 'com.example.app', sub: '001472.dab0.0945' } }, '001472.dab0.0945'],
    ['slack.com', { StringEquals: { aud: '1.2', sub: 'U123' } }, 'U123'],
    [firebase, { StringEquals: { aud: 'octo-shop', sub: ['b7', 'b8'] } }, 'b8'],
  ])('at %s are named where they are', (issuer, conditions, owner) => {
    const { reach, exact, owners } = ask(issuer, conditions);
    expect({ reach, exact }).toEqual({ reach: 'named others', exact: true });
    expect(owners).toContain(owner);
  });

  test('are ours where somebody says that a directory is: he knows who may sign up', () => {
    const mine = [parseMine(`issuer:https://${userPool}`) as Mine];
    expect(ask(userPool, { StringEquals: { aud: 'app' } }, undefined, mine).reach).toBe('only mine');
  });
});

test.each(['*', 'arn:aws:iam::123456789012:oidc-provider/*', 'arn:aws:iam::123456789012:oidc-provider/*.example.com'])(
  'whoever any provider vouches for is anybody at most, since one of them has guests: %s',
  (Federated) => {
    const policy = parseTrustPolicy({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Federated }, Action: 'sts:AssumeRoleWithWebIdentity' }],
    });
    const all = whoAssumes(policy, [], now);
    expect(all).toMatchObject([{ reach: 'anybody', exact: false }]);
    expect(sentenceOf(all)).toMatch(
      /^Anybody is allowed, without an account( at \S+)?\. At most: some of it could not be read\.$/,
    );
  },
);
