import { conditionPrefix, entraIssuer, loginServices } from '@fedbridge/issuers';
import { describe, expect, it } from 'vitest';
import { sampled } from '../../../test/harness/sampled.ts';
import { policy, statement } from './corpus/sample.corpus.ts';
import { readFederatedCredential } from './federated-credential.ts';
import { credentialLists } from './lint.corpus.ts';
import { lintTrustPolicy } from './lint-aws.ts';
import { lintFederatedCredentials } from './lint-entra.ts';
import { parseTrustPolicy } from './policy.ts';
import type { RuleId } from './rules.ts';
import { verdictOnSigned } from './signed-token.ts';
import { credentialsVerdict, policyVerdict } from './verdict.ts';
import type { WebIdentityClaims } from './web-identity.ts';
import { isUnbounded } from './who/admitted.ts';
import { farthest } from './who/sentence.ts';
import { grantsOfCredentials, grantsOfPolicy, whoAssumes, whoIsGranted, whoPresents } from './who/who.ts';
import { whyNobody } from './who/why-nobody.ts';

const now = 1_790_000_000;
const presented = { now, isWhole: false };

/** By which lint says that nobody is allowed. */
const ofNobody: readonly RuleId[] = [
  ...(['never-matches', 'allows-nobody', 'wrong-issuer', 'issuer-trailing-slash'] as const),
  ...(['entra/wrong-audience', 'entra/audiences', 'entra/malformed'] as const),
];
/** By which it says that something else was meant, whether somebody is allowed or nobody. */
const ofEither: readonly RuleId[] = ['aws/literal-wildcard', 'entra/pattern'];

/** Whether lint says that nobody is allowed. */
const saysNobody = (rules: readonly RuleId[], isNobody: boolean) =>
  rules.some((rule) => ofNobody.includes(rule) || (isNobody && ofEither.includes(rule)));

const id = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
const connection = `/eid1/c/pub/t/ryoDyMTcKECuK4H0rABmEg/a/rISbSSETf0KqFyZ8ppdXmA/sc/${id}/${id}`;
/** Issuers with a subject that their tokens have, and audiences. */
const signers = [
  ['https://token.actions.githubusercontent.com', 'repo:octo/app:ref:refs/heads/main'],
  [`https://vstoken.dev.azure.com/${id}`, 'sc://contoso/web/deploy'],
  [`https://login.microsoftonline.com/${id}/v2.0`, connection],
  ['https://gitlab.com', 'project_path:octo/app:ref_type:branch:ref:main'],
  [`https://westeurope.oic.prod-aks.azure.com/${id}/${id}/`, 'system:serviceaccount:agents:azp'],
  ['https://oidc.example.com', 'system:serviceaccount:agents:azp'],
] as const;
const spellings: readonly ((iss: string) => string)[] = [
  ...[(iss: string) => iss, (iss: string) => `${iss}/`, (iss: string) => iss.replace(/\/$/, '')],
  ...[(iss: string) => iss.toUpperCase().replace('HTTPS', 'https'), (iss: string) => `${iss}/more`],
  (iss: string) => iss.replace(/[^/]*$/, 'contoso'),
];
const subjects = (own: string): readonly string[] => [
  ...[
    own,
    `${own} `,
    ` ${own}`,
    '',
    'x',
    `${own}*`,
    own.replace('ref:refs/heads/', ''),
    own.replace('/app', '/app.git'),
  ],
  ...[own.replace('refs/heads/', ''), own.replace(/ref:.*/, 'environment:'), own.replace(/ref:.*/, 'environment:*')],
  ...[own.replace('main', '*'), own.replace(/:azp/, ''), own.replace('sc://', 'p://'), 'repo:octo/app'],
];
const audiences = [
  ...['api://AzureADTokenExchange', 'api://AzureADTokenExchange/', 'api://azureadtokenexchange', 'sts.amazonaws.com'],
  ...[
    'api://AzureADTokenExchangeUSGov',
    'fb60f99c-7a34-4190-8149-302f77469936',
    'api://my-app',
    '',
    'sts.amazonaws.com ',
  ],
  ...['499b84ac-1321-427f-aa17-267ca6975798', id],
];

/** Tokens of which each part is what a document says; at Entra's issuer also with an azp. */
function tokensLike(iss: string, sub: string, audience: string): readonly WebIdentityClaims[] {
  const entras = ['fb60f99c-7a34-4190-8149-302f77469936', audience];
  const azps = [undefined, '499b84ac-1321-427f-aa17-267ca6975798', audience];
  return entras.flatMap((aud) => azps.map((azp) => ({ iss, sub, aud, ...(azp === undefined ? {} : { azp }) })));
}

function* documents() {
  for (const [iss, own] of signers)
    for (const spell of spellings)
      for (const subject of subjects(own))
        for (const audience of audiences) {
          const parts = [
            spell(iss) !== iss,
            subject !== own,
            !['api://AzureADTokenExchange', audiences[3]].includes(audience),
          ];
          // What is wrong in two parts is wrong in one.
          if (parts.filter(Boolean).length <= 1) yield { iss: spell(iss), subject, audience };
        }
}

describe('of a federated credential lint, who and test say the same', () => {
  it.each([...documents()])('$iss $subject $audience', ({ iss, subject, audience }) => {
    for (const name of ['main', 'a b']) {
      const credential = { name, issuer: iss, subject, audiences: [audience] };
      const rules = lintFederatedCredentials([credential]).map(({ rule }) => rule);
      const isNobody = farthest(whoPresents([credential], [], now)) === 'nobody';
      const allows = (claims: WebIdentityClaims) =>
        verdictOnSigned(credentialsVerdict([credential], claims, presented), claims).allowed;
      const isAllowed = tokensLike(iss, subject, audience).some(allows);
      expect({ rules, isSaid: saysNobody(rules, isNobody) }).toEqual({ rules, isSaid: isNobody });
      // Of the URI of another cloud nobody knows.
      if (!rules.includes('hardly-matches') || isNobody) expect({ isAllowed }).toEqual({ isAllowed: !isNobody });
      if (isNobody)
        expect(grantsOfCredentials([credential]).map((one) => whyNobody(one, { now }))).not.toContain(undefined);
    }
  });

  // Source: Microsoft Graph, federatedIdentityCredential: "This field can only accept a single value".
  it.each([
    [[], true],
    [['api://AzureADTokenExchange'], false],
    [['api://AzureADTokenExchange', 'api://AzureADTokenExchange'], true],
    [['api://AzureADTokenExchange', 'api://AzureADTokenExchangeUSGov'], true],
    [['api://AzureADTokenExchange', ''], true],
  ])('with the audiences %j', (all, isNever) => {
    for (const [issuer, subject] of signers) {
      const credential = { name: 'main', issuer, subject, audiences: all };
      const rules = lintFederatedCredentials([credential]).map(({ rule }) => rule);
      const isAllowed = tokensLike(issuer, subject, 'api://AzureADTokenExchange').some(
        (claims) => verdictOnSigned(credentialsVerdict([credential], claims, presented), claims).allowed,
      );
      const isNobody = farthest(whoPresents([credential], [], now)) === 'nobody';
      expect({ issuer, isSaid: rules.includes('entra/audiences'), isNobody, isAllowed }).toEqual({
        ...{ issuer, isSaid: isNever, isNobody: isNever, isAllowed: !isNever },
      });
    }
  });

  it.each(credentialLists)('$title', ({ document }) => {
    for (const one of document as unknown[]) {
      const credential = readFederatedCredential(one);
      if (!credential) continue;
      const rules = lintFederatedCredentials([one]).map(({ rule }) => rule);
      const [grant] = grantsOfCredentials([credential]);
      const isNobody = grant !== undefined && whoIsGranted(grant, [], now).reach === 'nobody';
      expect({ rules, isSaid: saysNobody(rules, isNobody) }).toEqual({ rules, isSaid: isNobody });
    }
  });
});

describe('of a trust policy lint, who and test say the same', () => {
  it.each([...documents()])('$iss $subject $audience', ({ iss, subject, audience }) => {
    const name = conditionPrefix(iss);
    for (const key of entraIssuer(iss) ? ['aud', 'oaud'] : ['aud']) {
      const document = policy(
        statement(name, { StringEquals: { [`${name}:${key}`]: audience, [`${name}:sub`]: subject } }),
      );
      const read = parseTrustPolicy(document);
      const rules = lintTrustPolicy(document).map(({ rule }) => rule);
      const isNobody = farthest(whoAssumes(read, [], now)) === 'nobody';
      const allows = (claims: WebIdentityClaims) =>
        verdictOnSigned(policyVerdict(read, claims, presented), claims).allowed;
      const isAllowed = tokensLike(iss, subject, audience).some(allows);
      const isSaid = saysNobody(rules, isNobody);
      expect({ rules, isSaid, isAllowed }).toEqual({ rules, isSaid: isNobody, isAllowed: !isNobody });
      if (isNobody) expect(grantsOfPolicy(read, now).map((one) => whyNobody(one, { now }))).not.toContain(undefined);
    }
  });
});

/** By which it says that whoever has an account, or nobody else, is allowed. */
const ofAnybody: readonly RuleId[] = ['aws/any-owner', 'aws/any-user', 'aws/guests'];

const users: Readonly<Record<string, string>> = {
  sub: '108000000000000000001',
  aud: 'eu-central-1:pool',
  oaud: 'sts.amazonaws.com',
  email: 'ci@octo.iam.gserviceaccount.com',
  app_id: 'amzn1.application.4711',
  user_id: 'amzn1.account.4711',
  id: '4711',
  amr: 'authenticated',
};
const patternsLike = (own: string): readonly string[] => {
  const [first, last, at] = [own.slice(0, 3), own.slice(-3), own.indexOf('@')];
  const ofAddress = at < 0 ? [] : [`*${own.slice(at)}`, `${own.slice(0, at + 1)}*.iam.gserviceaccount.com`];
  return [own, `${first}*`, `*${last}`, `${first}*${last}`, '*', '?*', `${own.slice(0, -1)}?`, '?', ...ofAddress];
};
const stringOperators = ['StringEquals', 'StringLike', 'StringEqualsIgnoreCase', 'StringNotEquals', 'StringNotLike'];
const operatorsOfLogins = [
  ...stringOperators,
  ...['StringLikeIfExists', 'StringEqualsIfExists', 'ForAnyValue:StringLike', 'ForAllValues:StringLike'],
];

/** Statements that trust a login service: each key by each operator with each pattern, alone and beside what else is said. */
function* logins() {
  for (const { host, application, users: own = [], guests } of loginServices) {
    const [app = 'aud'] = application;
    const beside = [
      {},
      { StringEquals: { [`${host}:${app}`]: users[app] } },
      ...(guests ? [{ 'ForAnyValue:StringEquals': { [`${host}:amr`]: guests.others } }] : []),
      ...(guests ? [{ 'ForAnyValue:StringEquals': { [`${host}:amr`]: guests.value } }] : []),
    ];
    for (const claim of new Set(['sub', 'email', ...application, ...own, ...(guests ? ['amr'] : [])])) {
      const key = `${host}:${claim}`;
      const tests = [
        ...patternsLike(users[claim] ?? '').flatMap((value) => operatorsOfLogins.map((one) => [one, value] as const)),
        ...['true', 'false'].map((value) => ['Null', value] as const),
      ];
      for (const [operator, value] of tests)
        for (const more of beside)
          if (!Object.hasOwn(more, operator)) yield { host, Condition: { ...more, [operator]: { [key]: value } } };
    }
  }
}

/** Of hosts that differ by partition alone one. */
const hosts = new Map([...loginServices].reverse().map(({ title, host }) => [title, host]));

describe('of users of a login service lint and who say the same', () => {
  it.each([...hosts.values()])('%s', (host) => {
    for (const { Condition } of sampled([...logins()].filter((one) => one.host === host))) {
      const document = policy({ ...statement('x', Condition), Principal: { Federated: host } });
      const reach = farthest(whoAssumes(parseTrustPolicy(document), [], now));
      const rules = lintTrustPolicy(document).map(({ rule }) => rule);
      const said = [rules.some((rule) => ofAnybody.includes(rule)), saysNobody(rules, reach === 'nobody')];
      const why = JSON.stringify({ Condition, reach, rules });
      expect(said, why).toEqual([isUnbounded(reach), reach === 'nobody']);
    }
  });
});
