import type { Claims, Given, Row } from './row.ts';

/** A trust policy, a token for it, and whether it is let through. */
export interface PolicyRow extends Row {
  /** Who signs: GitHub, of which AWS knows more claims, or an issuer that it does not know. */
  readonly issuer: 'GitHub' | 'unknown';
  readonly claims: Claims | ((given: Given) => Claims);
  /** The document; keys that begin with a colon are the issuer's. */
  readonly policy: (given: Given) => object;
  readonly sessionName: string;
  readonly allowed: boolean;
}

export type Source = PolicyRow['source'];
type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
type Statement = Readonly<Record<string, unknown>>;

const action = 'sts:AssumeRoleWithWebIdentity';
export const allow = (Condition: Condition = {}, more: Statement = {}): ((given: Given) => Statement) => {
  return ({ provider }) => ({
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: action,
    ...more,
    Condition,
  });
};
const deny = (Condition: Condition = {}, more: Statement = {}) => allow(Condition, { Effect: 'Deny', ...more });

interface More {
  readonly issuer?: PolicyRow['issuer'];
  readonly claims?: PolicyRow['claims'];
  readonly version?: string | undefined;
  readonly sessionName?: string;
}

/** A row of statements: `2012-10-17` unless another version, or none, is named. */
export function policyRow(
  name: string,
  source: Source,
  allowed: boolean,
  statements: readonly ((given: Given) => Statement)[],
  more: More = {},
): PolicyRow {
  const { issuer = 'unknown', claims = {}, sessionName = 'job' } = more;
  const version = 'version' in more ? more.version : '2012-10-17';
  return {
    ...{ name, source, allowed, issuer, claims, sessionName },
    policy: (given) => ({
      ...(version === undefined ? {} : { Version: version }),
      Statement: statements.map((statement) => statement(given)),
    }),
  };
}

export const when = (name: string, source: Source, allowed: boolean, condition: Condition, more: More = {}) =>
  policyRow(name, source, allowed, [allow(condition)], more);

const sub = 'repo:octo/app:ref:refs/heads/main';
const claims = { sub };
const operators = [
  when('StringEquals, the same', 'iamOperators', true, { StringEquals: { ':sub': sub } }, { claims }),
  when(
    'StringEquals tells case apart',
    'iamOperators',
    false,
    { StringEquals: { ':sub': sub.toUpperCase() } },
    { claims },
  ),
  when('StringEquals has no wildcards', 'iamOperators', false, { StringEquals: { ':sub': 'repo:octo/*' } }, { claims }),
  when(
    'StringEqualsIgnoreCase does not tell case apart',
    'iamOperators',
    true,
    { StringEqualsIgnoreCase: { ':sub': sub.toUpperCase() } },
    { claims },
  ),
  when(
    'StringLike, * spans colons and slashes',
    'iamOperators',
    true,
    { StringLike: { ':sub': 'repo:octo/*' } },
    { claims },
  ),
  when('StringLike, * may be nothing', 'iamOperators', true, { StringLike: { ':sub': `${sub}*` } }, { claims }),
  when(
    'StringLike, ? is one character',
    'iamOperators',
    true,
    { StringLike: { ':sub': 'repo:octo/a?p:*' } },
    { claims },
  ),
  when('StringLike, ? is not none', 'iamOperators', false, { StringLike: { ':sub': `${sub}?` } }, { claims }),
  when('StringLike tells case apart', 'iamOperators', false, { StringLike: { ':sub': 'REPO:octo/*' } }, { claims }),
  when(
    'StringNotLike, a pattern that fits',
    'iamOperators',
    false,
    { StringNotLike: { ':sub': 'repo:octo/*' } },
    { claims },
  ),
  when(
    'StringNotEquals of several is none of them',
    'iamOperators',
    false,
    { StringNotEquals: { ':sub': ['x', sub] } },
    { claims },
  ),
  when('StringNotEquals, a key that is not there', 'iamOperators', true, { StringNotEquals: { ':email': 'x' } }),
  when('StringEquals, a key that is not there', 'iamOperators', false, { StringEquals: { ':email': 'x' } }),
  when('IfExists, a key that is not there', 'iamOperators', true, { StringEqualsIfExists: { ':email': 'x' } }),
  when('IfExists, a key that differs', 'iamOperators', false, { StringEqualsIfExists: { ':sub': 'x' } }, { claims }),
  when('Null true, a key that is not there', 'iamOperators', true, { Null: { ':email': 'true' } }),
  when('Null false, a key that is not there', 'iamOperators', false, { Null: { ':email': 'false' } }),
  when('Null false, a key that is there', 'iamOperators', true, { Null: { ':sub': 'false' } }),
  when('Null true, a key that is there', 'iamOperators', false, { Null: { ':sub': 'true' } }),
  when('Bool, as it is', 'iamOperators', true, { Bool: { 'aws:SecureTransport': 'true' } }),
  when('Bool, as it is not', 'iamOperators', false, { Bool: { 'aws:SecureTransport': 'false' } }),
  when('IpAddress, in the range', 'iamOperators', true, { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } }),
  when('IpAddress, outside of it', 'iamOperators', false, { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }),
  when('NotIpAddress, in the range', 'iamOperators', false, { NotIpAddress: { 'aws:SourceIp': '127.0.0.0/8' } }),
  when('DateGreaterThan, a day that is over', 'iamOperators', true, {
    DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' },
  }),
  when('DateLessThan, a day that is over', 'iamOperators', false, {
    DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' },
  }),
  when('NumericGreaterThan, seconds', 'iamOperators', true, { NumericGreaterThan: { 'aws:EpochTime': '1577836800' } }),
  when('NumericLessThan, seconds', 'iamOperators', false, { NumericLessThan: { 'aws:EpochTime': '1577836800' } }),
  when('NumericEquals, no number', 'iamOperators', false, { NumericEquals: { ':sub': '1' } }, { claims }),
];

const conditions = [
  when('several values are any of them', 'iamSeveral', true, { StringEquals: { ':sub': ['x', sub] } }, { claims }),
  when('several keys are all of them', 'iamSeveral', false, { StringEquals: { ':sub': sub, ':aud': 'x' } }, { claims }),
  when(
    'several operators are all of them',
    'iamSeveral',
    false,
    { StringEquals: { ':sub': sub }, StringLike: { ':aud': 'x*' } },
    { claims },
  ),
  when('the case of a key does not matter', 'iamCondition', true, { StringEquals: { ':SUB': sub } }, { claims }),
  when("another issuer's key", 'iamKeys', false, { StringEquals: { 'gitlab.com:sub': sub } }, { claims }),
  when("another issuer's key, negated", 'iamKeys', true, { StringNotEquals: { 'gitlab.com:sub': sub } }, { claims }),
];

const amr = { claims: { amr: ['one', 'two'] } };
const sets = [
  when('ForAnyValue, one of them', 'iamSets', true, { 'ForAnyValue:StringEquals': { ':amr': 'two' } }, amr),
  when('ForAnyValue, none of them', 'iamSets', false, { 'ForAnyValue:StringEquals': { ':amr': 'three' } }, amr),
  when('ForAnyValue, a key that is not there', 'iamSets', false, { 'ForAnyValue:StringEquals': { ':amr': 'one' } }),
  when(
    'ForAllValues, all of them',
    'iamSets',
    true,
    { 'ForAllValues:StringEquals': { ':amr': ['one', 'two', 'three'] } },
    amr,
  ),
  when('ForAllValues, one of them', 'iamSets', false, { 'ForAllValues:StringEquals': { ':amr': 'one' } }, amr),
  when('ForAllValues, a key that is not there', 'iamSets', true, { 'ForAllValues:StringEquals': { ':amr': 'one' } }),
];

const named = { StringEquals: { 'sts:RoleSessionName': '${aws:userid}' } };
const variables = [
  policyRow('a variable', 'iamVariables', true, [
    ({ provider, ...given }) =>
      allow({ StringLike: { 'aws:FederatedProvider': '${aws:userid}' } })({ provider, ...given }),
  ]),
  policyRow(
    'a variable without Version',
    'iamVersion',
    false,
    [allow({ StringLike: { 'aws:FederatedProvider': '${aws:userid}' } })],
    { version: undefined },
  ),
  policyRow(
    'a variable in 2008-10-17',
    'iamVersion',
    false,
    [allow({ StringLike: { 'aws:FederatedProvider': '${aws:userid}' } })],
    { version: '2008-10-17' },
  ),
  when('a variable that is not the same', 'iamVariables', false, named),
  when(
    'a default',
    'iamVariables',
    true,
    { StringEquals: { ':sub': "${aws:PrincipalTag/team, 'build'}" } },
    { claims: { sub: 'build' } },
  ),
  when(
    'a variable without value or default',
    'iamVariables',
    false,
    { StringLike: { ':sub': '${aws:PrincipalTag/team}*' } },
    { claims: { sub: 'build' } },
  ),
  when('${*} is a star', 'iamVariables', true, { StringLike: { ':sub': 'a${*}b' } }, { claims: { sub: 'a*b' } }),
  when('${*} is no wildcard', 'iamVariables', false, { StringLike: { ':sub': 'a${*}b' } }, { claims: { sub: 'axb' } }),
  when('${?} is no wildcard', 'iamVariables', false, { StringLike: { ':sub': 'a${?}b' } }, { claims: { sub: 'axb' } }),
  when(
    '${$} is a dollar sign',
    'iamVariables',
    true,
    { StringEquals: { ':sub': 'a${$}b' } },
    { claims: { sub: 'a$b' } },
  ),
];

const withoutAction = (NotAction: string) => (given: Given) => {
  const { Action: _, ...statement } = allow()(given);
  return { ...statement, NotAction };
};
const denyOthers = (federated: (given: Given) => string) => (given: Given) => {
  const { Principal: _, ...statement } = deny()(given);
  return { ...statement, NotPrincipal: { Federated: federated(given) } };
};
const logic = [
  policyRow('a denial beats what allows', 'iamLogic', false, [allow(), deny({ StringEquals: { ':sub': sub } })], {
    claims,
  }),
  policyRow('a denial that does not fit', 'iamLogic', true, [allow(), deny({ StringEquals: { ':sub': 'x' } })], {
    claims,
  }),
  policyRow('a denial of another action', 'iamLogic', true, [allow(), deny({}, { Action: 'sts:TagSession' })]),
  policyRow('one statement of two', 'iamLogic', true, [allow({ StringEquals: { ':sub': 'x' } }), allow()]),
  policyRow('no statement', 'iamLogic', false, [allow({ StringEquals: { ':sub': 'x' } })], { claims }),
  policyRow('another action', 'iamAction', false, [allow({}, { Action: 'sts:AssumeRole' })]),
  policyRow('one of several actions', 'iamAction', true, [allow({}, { Action: ['sts:TagSession', action] })]),
  policyRow('an action with a wildcard', 'iamAction', true, [allow({}, { Action: 'sts:AssumeRoleWith*' })]),
  policyRow('another provider', 'iamPrincipal', false, [
    (given) => ({ ...allow()(given), Principal: { Federated: `${given.provider}/x` } }),
  ]),
  policyRow('one of several providers', 'iamPrincipal', true, [
    (given) => ({ ...allow()(given), Principal: { Federated: [`${given.provider}/x`, given.provider] } }),
  ]),
  policyRow('NotAction, another action', 'iamNotAction', true, [withoutAction('sts:AssumeRole')]),
  policyRow('NotAction, this action', 'iamNotAction', false, [withoutAction(action)]),
  policyRow('a denial of everybody', 'iamPrincipal', false, [allow(), deny({}, { Principal: { AWS: '*' } })]),
  policyRow('a denial of *', 'iamPrincipal', false, [allow(), deny({}, { Principal: '*' })]),
  policyRow('* does not allow a web identity', 'iamPrincipal', false, [allow({}, { Principal: '*' })]),
  policyRow('a denial of all but this provider', 'iamNotPrincipal', true, [
    allow(),
    denyOthers(({ provider }) => provider),
  ]),
  policyRow('a denial of all but another', 'iamNotPrincipal', false, [
    allow(),
    denyOthers(({ provider }) => `${provider}/x`),
  ]),
];

/** What IAM documents of the language of policies. */
export const languageRows: readonly PolicyRow[] = [...operators, ...conditions, ...sets, ...variables, ...logic];
