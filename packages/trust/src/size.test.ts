import { describe, expect, it } from 'vitest';
import {
  evaluateTrustPolicy,
  explainEvaluation,
  explainMatch,
  JsonDocument,
  lintFederatedCredentials,
  lintTrustPolicy,
  MalformedPolicyError,
  matchFederatedCredential,
  readFederatedCredential,
  readTrustPolicy,
  webIdentityProblem,
  webIdentityRequest,
} from './index.ts';

/** 100 kB, or a hundredth of it, of what makes regular expressions, matchers and parsers go back. */
const long: Readonly<Record<string, (length: number) => string>> = {
  'one letter': (length) => 'a'.repeat(length),
  'one letter, and another': (length) => `${'a'.repeat(length - 1)}b`,
  stars: (length) => '*'.repeat(length),
  'stars and letters': (length) => '*a'.repeat(length / 2),
  'a star, and question marks': (length) => `*${'a?'.repeat(length / 2)}b`,
  'a star, and letters': (length) => `*${'a'.repeat(length / 2)}b`,
  blanks: (length) => ' '.repeat(length),
  'a variable of blanks': (length) => `\${${' '.repeat(length)},x}`,
  'a variable of quotes': (length) => `\${a, ${"' ".repeat(length / 2)}`,
  'variables that do not end': (length) => '${'.repeat(length / 2),
  'variables of one key': (length) => '${aws:userid}*'.repeat(length / 14),
  'variables of nothing': (length) => '${}'.repeat(length / 3),
  colons: (length) => ':'.repeat(length),
  slashes: (length) => '/'.repeat(length),
  'a subject of GitHub': (length) => `repo:octo/app:${'ref:'.repeat(length / 4)}`,
  'ids of GitHub': (length) => `repo:${'o@1/'.repeat(length / 4)}`,
  'pairs of a customized subject': (length) => 'actor:a:ref:refs/x:'.repeat(length / 19),
  'a subject of Buildkite': (length) => `organization:${'a:'.repeat(length / 2)}`,
  'a subject of Kubernetes': (length) => `system:serviceaccount:${'a.'.repeat(length / 2)}`,
  'a subject of Bitbucket': (length) => `{${'a}:{'.repeat(length / 4)}`,
  'a subject of Entra': (length) => `/eid1/c/pub/t/${'A/'.repeat(length / 2)}`,
  'a URL': (length) => `https://${'a.'.repeat(length / 2)}example/`,
  'an ARN': (length) => `arn:aws:iam::${'1'.repeat(length)}:role/x`,
  digits: (length) => '1'.repeat(length),
  'a date': (length) => `2026-07-15T00:00:00.${'0'.repeat(length)}Z`,
  'an address': (length) => '1.'.repeat(length / 2),
  'an address of IPv6': (length) => '1:'.repeat(length / 2),
  'base 64': (length) => 'QUFB'.repeat(length / 4),
  'a set operator': (length) => `ForAnyValue:${'String'.repeat(length / 6)}IfExists`,
  'an expression': (length) => `claims['sub'] matches '${'*a'.repeat(length / 2)}b'`,
  'an expression of quotes': (length) => `claims['sub'] eq '${"''".repeat(length / 2)}`,
  'an expression of many tests': (length) =>
    Array.from({ length: length / 30 }, () => "claims['sub'] matches '*a*b'").join(' and '),
  'JSON that goes deep': (length) => '['.repeat(length),
  'JSON that does not end': (length) => `"${'\\'.repeat(length)}`,
};

const hub = 'token.actions.githubusercontent.com';
const provider = `arn:aws:iam::123456789012:oidc-provider/${hub}`;
const names = ['aud', 'sub', 'environment'].map((name) => ({ name, claims: [name] as const }));
const operators = [
  'StringLike',
  'StringEqualsIgnoreCase',
  'ArnLike',
  'DateLessThan',
  'NumericEquals',
  'IpAddress',
  'Bool',
  'BinaryEquals',
];

/** All that is done with a policy and a token, the text at one place of them. */
function decidePolicy(text: string, place: string): void {
  const at = (one: string, otherwise: string) => (one === place ? text : otherwise);
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: [at('provider', provider), provider] },
    Action: [at('action', 'sts:TagSession'), 'sts:AssumeRoleWithWebIdentity'],
    Condition: Object.fromEntries(
      [at('operator', 'StringLike'), ...operators].map((operator) => [
        operator,
        { [at('key', `${hub}:sub`)]: [at('value', 'repo:octo/*:x')], 'aws:userid': [at('value', '*')] },
      ]),
    ),
  };
  const claims = {
    iss: at('issuer', `https://${hub}`),
    sub: at('subject', 'repo:octo/app:x'),
    aud: at('audience', 'a'),
    exp: at('time', '1'),
  };
  const request = webIdentityRequest(claims, provider, names, 0);
  webIdentityProblem(claims, { now: 0, isWhole: true, clientIds: ['a'] });
  const document = {
    Version: '2012-10-17',
    Id: at('id', 'x'),
    Statement: [statement, { ...statement, Effect: 'Deny' }],
  };
  lintTrustPolicy(document);
  try {
    const source = JsonDocument.parse(JSON.stringify(document));
    explainEvaluation(evaluateTrustPolicy(readTrustPolicy(source), request), request);
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedPolicyError);
  }
}

function decideCredential(text: string, place: string): void {
  const at = (one: string, otherwise: string) => (one === place ? text : otherwise);
  const rest = { name: at('name', 'x'), issuer: at('issuer', `https://${hub}`), audiences: [at('audience', 'a')] };
  const documents = [
    { ...rest, subject: at('subject', 'repo:octo/app:x') },
    {
      ...rest,
      claimsMatchingExpression: { value: at('expression', "claims['sub'] matches '*b'"), languageVersion: 1 },
    },
    // What GitLab's may say, whatever its own address is.
    {
      ...rest,
      issuer: 'https://gitlab.com',
      claimsMatchingExpression: { value: `claims['sub'] matches '${at('comparand', '*')}'`, languageVersion: 1 },
    },
  ];
  lintFederatedCredentials(documents);
  const credentials = documents.flatMap((one) => readFederatedCredential(one) ?? []);
  for (const issuer of [rest.issuer, 'https://gitlab.com']) {
    const assertion = { issuer, subject: at('presented', 'project_path:a'), audience: 'a' };
    explainMatch(matchFederatedCredential(credentials, assertion), credentials, assertion);
  }
}

/** CPU time, in ms: what other processes do is not counted. */
function costOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const places = {
  policy: ['provider', 'action', 'operator', 'key', 'value', 'issuer', 'subject', 'audience', 'time', 'id'],
  credential: ['name', 'issuer', 'audience', 'subject', 'expression', 'comparand', 'presented'],
};

describe('100 kB of anything, anywhere, are decided with work in proportion', () => {
  it.each(Object.entries(long))('%s', { timeout: 600_000 }, (_title, make) => {
    const text = make(100_000);
    for (const [kind, decide] of [
      ['policy', decidePolicy],
      ['credential', decideCredential],
    ] as const) {
      for (const place of places[kind]) {
        const cost = costOf(() => decide(text, place));
        // A machine can be slow, but what takes the square of its input takes minutes.
        expect(cost, `${kind}, ${place}`).toBeLessThan(10_000);
      }
    }
    expect(
      costOf(() => {
        try {
          JsonDocument.parse(text);
        } catch {}
      }),
    ).toBeLessThan(10_000);
  });
});

it('the value that took 40 seconds takes none, in every operator', () => {
  const value = `\${${' '.repeat(500)},x}`;
  expect(costOf(() => decidePolicy(value, 'value'))).toBeLessThan(10_000);
});

it('both sides may be long: patterns against a subject', { timeout: 600_000 }, () => {
  const subject = 'a'.repeat(100_000);
  for (const title of [
    'stars and letters',
    'a star, and question marks',
    'a star, and letters',
    'variables of one key',
  ]) {
    const value = long[title]?.(100_000) ?? '';
    const Condition = { StringLike: { [`${hub}:sub`]: [value] } };
    const statement = { Effect: 'Allow', Principal: { Federated: provider }, Action: 'sts:*', Condition };
    const source = JsonDocument.parse(JSON.stringify({ Version: '2012-10-17', Statement: statement }));
    const request = webIdentityRequest({ iss: `https://${hub}`, sub: subject, aud: 'a' }, provider, names, 0);
    expect(
      costOf(() => evaluateTrustPolicy(readTrustPolicy(source), request)),
      title,
    ).toBeLessThan(20_000);
  }
});
