import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  evaluateTrustPolicy,
  explainEvaluation,
  JsonDocument,
  MalformedPolicyError,
  parseTrustPolicy,
  readTrustPolicy,
  webIdentityRequest,
} from './index.ts';

const hub = 'token.actions.githubusercontent.com';
const provider = `arn:aws:iam::123456789012:oidc-provider/${hub}`;
const statement = {
  Effect: 'Allow',
  Principal: { Federated: provider },
  Action: 'sts:AssumeRoleWithWebIdentity',
};
const policy = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements });

const claims = { iss: `https://${hub}`, sub: 'repo:octo/app:ref:refs/heads/main', aud: 'sts.amazonaws.com' };
const keys = ['aud', 'sub', 'repository'].map((name) => ({ name, claims: [name] as const }));
const request = webIdentityRequest(claims, provider, keys, 1_790_000_000, { 'aws:SourceIp': '203.0.113.9' });
const ask = (document: unknown) => evaluateTrustPolicy(parseTrustPolicy(document), request);
const told = (document: unknown) => explainEvaluation(ask(document), request);

describe('A document that IAM does not take', () => {
  const condition = (Condition: unknown) => policy({ ...statement, Condition });
  it.each([
    [
      'an empty list of values',
      condition({ StringEquals: { k: [] } }),
      ['Statement', 0, 'Condition', 'StringEquals', 'k'],
    ],
    ['an empty list of actions', policy({ ...statement, Action: [] }), ['Statement', 0, 'Action']],
    [
      'an empty list of principals',
      policy({ ...statement, Principal: { Federated: [] } }),
      ['Statement', 0, 'Principal', 'Federated'],
    ],
    ['a Null that is neither', condition({ Null: { k: 'nope' } }), ['Statement', 0, 'Condition', 'Null', 'k']],
    ['a Null that is empty', condition({ Null: { k: '' } }), ['Statement', 0, 'Condition', 'Null', 'k']],
    ['a Null with IfExists', condition({ NullIfExists: { k: true } }), ['Statement', 0, 'Condition', 'NullIfExists']],
    [
      'an operator that is none, where nobody asks',
      policy({ ...statement, Principal: { AWS: '1' }, Condition: { StringIs: { k: 'a' } } }),
      ['Statement', 0, 'Condition', 'StringIs'],
    ],
    [
      'a value that is an object',
      condition({ StringEquals: { k: [{}] } }),
      ['Statement', 0, 'Condition', 'StringEquals', 'k'],
    ],
    ['a condition that is a list', condition([]), ['Statement', 0, 'Condition']],
    ['neither principal', policy({ ...statement, Principal: undefined }), ['Statement', 0]],
    ['both principals', policy({ ...statement, NotPrincipal: '*' }), ['Statement', 0]],
    [
      'an Allow for all but one',
      policy({ ...statement, Principal: undefined, NotPrincipal: { AWS: '1' } }),
      ['Statement', 0, 'NotPrincipal'],
    ],
    ['neither action', policy({ ...statement, Action: undefined }), ['Statement', 0]],
    ['both actions', policy({ ...statement, NotAction: 'sts:TagSession' }), ['Statement', 0]],
    [
      'a principal of no kind',
      policy({ ...statement, Principal: { OIDC: provider } }),
      ['Statement', 0, 'Principal', 'OIDC'],
    ],
    ['a principal that is a text', policy({ ...statement, Principal: provider }), ['Statement', 0, 'Principal']],
    ['a resource', policy({ ...statement, Resource: '*' }), ['Statement', 0, 'Resource']],
    ['a member of no policy', { ...policy(statement), Statements: [] }, ['Statements']],
    ['a version of its own', { ...policy(statement), Version: '2026-01-01' }, ['Version']],
    ['a statement alone that is wrong', { Statement: { ...statement, Effect: 'allow' } }, ['Statement', 'Effect']],
    ['no statement', policy(), ['Statement']],
    ['a list', [], []],
  ])('has %s', (_title, document, path) => {
    expect(() => parseTrustPolicy(JSON.parse(JSON.stringify(document)))).toThrow(
      expect.objectContaining({ name: 'MalformedPolicyError', path }),
    );
  });

  it('has a member twice, and the places are told', () => {
    const text = `{
  "Version": "2012-10-17",
  "Statement": [{ "Effect": "Allow", "Principal": { "Federated": "${provider}" }, "Action": "sts:AssumeRoleWithWebIdentity",
    "Condition": { "StringEquals": { "a": "b" },
                   "StringEquals": { "c": "d" } } }]
}`;
    const read = (one: string) => readTrustPolicy(JsonDocument.parse(one));
    expect(() => read(text)).toThrow(MalformedPolicyError);
    expect(() => read(text)).toThrow(
      'StringEquals stands more than once in one object (line 4, column 20 and line 5, column 20), of which most tools keep the last',
    );
    expect(read(text.replace('"StringEquals": { "c"', '"StringLike": { "c"')).statements[0]?.conditions).toHaveLength(
      2,
    );
  });
});

describe('A variable', () => {
  const variable = (Version?: string) => ({
    ...(Version ? { Version } : {}),
    Statement: { ...statement, Condition: { StringEquals: { 'aws:PrincipalAccount': '${aws:PrincipalAccount}' } } },
  });

  it('is one from the version of 2012 on, and a text before', () => {
    expect(ask(variable('2012-10-17')).allowed).toBe(true);
    for (const version of [undefined, '2008-10-17']) {
      expect(told(variable(version))).toEqual([
        'Statement 1 does not allow it: `aws:PrincipalAccount` is `123456789012`, the policy wants `${aws:PrincipalAccount}` ' +
          '(StringEquals); without "Version": "2012-10-17" a variable is a text like any other.',
      ]);
    }
  });
});

describe('A principal', () => {
  const deny = (more: object) => ({ ...statement, Principal: undefined, Effect: 'Deny', ...more });
  const isDenied = (more: object) => ask(JSON.parse(JSON.stringify(policy(statement, deny(more))))).allowed === false;

  it.each([
    ['"*"', '*'],
    ['{"AWS": "*"}', { AWS: '*' }],
    ['one of several', { AWS: ['123456789012', '*'], Service: 'ec2.amazonaws.com' }],
  ])('%s is everybody in a denial, and authorizes no web identity', (_title, Principal) => {
    expect(isDenied({ Principal })).toBe(true);
    expect(told(policy({ ...statement, Principal }))).toEqual([
      'Statement 1 does not allow it: its principal is *, which authorizes no web identity.',
    ]);
  });

  it('is denied by what names it, and not by what names others', () => {
    expect(isDenied({ Principal: { Federated: provider } })).toBe(true);
    expect(isDenied({ Principal: { Federated: `${provider}/acme` } })).toBe(false);
    expect(isDenied({ Principal: { Service: 'ec2.amazonaws.com' } })).toBe(false);
    expect(isDenied({ NotPrincipal: { Federated: provider } })).toBe(false);
    expect(isDenied({ NotPrincipal: { Federated: [`${provider}/acme`] } })).toBe(true);
    expect(isDenied({ NotPrincipal: { AWS: '123456789012' } })).toBe(true);
  });

  it('is compared exactly, with the slash at its end', () => {
    const slash = `${provider}/`;
    const document = policy({ ...statement, Principal: { Federated: slash } });
    expect(ask(document).allowed).toBe(false);
    const iss = `${claims.iss}/`;
    const own = webIdentityRequest({ ...claims, iss }, slash, keys, 0);
    expect(evaluateTrustPolicy(parseTrustPolicy(document), own).allowed).toBe(true);
    expect(own.context[`${hub}/:sub`]).toBe(claims.sub);
  });
});

it('NotAction is about every other action', () => {
  const allow = (NotAction: string) =>
    ask(policy({ Effect: 'Allow', Principal: statement.Principal, NotAction })).allowed;
  expect(allow('sts:TagSession')).toBe(true);
  expect(allow('sts:AssumeRoleWith*')).toBe(false);
  const deny = { Effect: 'Deny', Principal: '*', NotAction: 'STS:assumerolewithwebidentity' };
  expect(ask(policy(statement, deny)).allowed).toBe(true);
  expect(ask(policy(statement, { ...deny, NotAction: 'sts:TagSession' })).allowed).toBe(false);
});

describe('A request of a web identity', () => {
  it('has the keys of its principal, and those that were given', () => {
    expect(request.context).toMatchObject({
      'aws:PrincipalAccount': '123456789012',
      'aws:PrincipalType': 'User',
      'aws:userid': provider,
      'aws:FederatedProvider': provider,
      'aws:SourceIp': '203.0.113.9',
      'aws:CurrentTime': '2026-09-21T14:13:20.000Z',
      'aws:EpochTime': '1790000000',
      'sts:RoleAuthorizedByIdp': 'false',
    });
    expect(Object.keys(request.context)).not.toContain('aws:PrincipalArn');
  });

  it('is authorized by its issuer where the token names roles', () => {
    const role = 'https://aws.amazon.com/roles';
    const is = (value: unknown) =>
      webIdentityRequest({ ...claims, [role]: value }, provider, keys, 0).context['sts:RoleAuthorizedByIdp'];
    expect([is(null), is(undefined), is(['arn:aws:iam::1:role/a']), is('arn:aws:iam::1:role/a;b')]).toEqual([
      ...['false', 'false', 'true', 'true'],
    ]);
  });

  it('has no key of a claim that is neither text, number nor boolean, and none that a prototype has', () => {
    const more = ['object', 'nothing', 'mixed', 'toString'].map((name) => ({ name, claims: [name] as const }));
    const odd = { ...claims, object: { a: 1 }, nothing: null, mixed: [1, {}, 'a', null] };
    const { context } = webIdentityRequest(odd, provider, more, 0);
    expect(Object.keys(context).filter((key) => key.startsWith(hub))).toEqual([`${hub}:mixed`]);
    expect(context[`${hub}:mixed`]).toEqual(['1', 'a']);
  });
});

describe('An explanation', () => {
  const wanting = (Condition: object) => told(policy({ ...statement, Condition }))[0];
  it.each([
    [
      { StringEquals: { 'gitlab.com:sub': 'a' } },
      '`gitlab.com:sub` is a key of another provider, which is never there, the policy wants `a` (StringEquals)',
    ],
    [{ StringEquals: { [`${hub}/acme:sub`]: 'a' } }, 'is a key of another provider'],
    [{ StringEquals: { [`https://${hub}:sub`]: 'a' } }, 'is a key of another provider'],
    [{ StringEquals: { [`${hub}:repository_owner`]: 'octo' } }, 'is a key that STS never fills for this issuer'],
    [
      { StringEquals: { [`${hub.toUpperCase()}:Repository`]: 'octo/app' } },
      'is not there, the policy wants `octo/app`',
    ],
    [{ StringEquals: { 'sts:ExternalId': 'a' } }, '`sts:ExternalId` is not there'],
    [
      { Null: { [`${hub}:sub`]: 'true' } },
      'is `repo:octo/app:ref:refs/heads/main`, the policy wants it not to be there (Null)',
    ],
    [{ Null: { [`${hub}:repository`]: ['false'] } }, 'is not there, the policy wants it to be there (Null)'],
  ])('%j: %s', (condition, text) => expect(wanting(condition)).toContain(text));
});

describe('Any policy', () => {
  /** A part of a statement, and whether it is about the request: in a statement that denies, that allows. */
  interface Part {
    readonly members: object;
    readonly denies: boolean;
    readonly allows: boolean;
  }
  const part = (members: object, denies: boolean, allows = denies): Part => ({ members, denies, allows });
  const principals = [
    part({ Principal: { Federated: provider } }, true),
    part({ Principal: { Federated: ['arn:aws:iam::1:oidc-provider/x', provider] } }, true),
    part({ Principal: { Federated: `${provider}/` } }, false),
    part({ Principal: { AWS: '123456789012', Service: 'ec2.amazonaws.com' } }, false),
    part({ Principal: '*' }, true, false),
    part({ Principal: { AWS: ['*'] } }, true, false),
  ];
  const excluded = [
    part({ NotPrincipal: { Federated: provider } }, false),
    part({ NotPrincipal: { AWS: '123456789012' } }, true),
    part({ NotPrincipal: '*' }, false),
  ];
  const actions = [
    part({ Action: 'sts:assumeRoleWithWebIdentity' }, true),
    part({ Action: ['sts:TagSession', 'sts:*'] }, true),
    part({ Action: 'sts:AssumeRole' }, false),
    part({ NotAction: 'sts:AssumeRole' }, true),
    part({ NotAction: ['sts:AssumeRole*'] }, false),
  ];
  const conditions = [
    part({}, true),
    part({ Condition: {} }, true),
    part({ Condition: { StringLike: { [`${hub}:sub`]: ['x', 'repo:octo/*'] } } }, true),
    part({ Condition: { StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com', 'aws:PrincipalType': 'User' } } }, true),
    part({ Condition: { StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com', 'aws:PrincipalType': 'Role' } } }, false),
    part({ Condition: { Null: { [`${hub}:sub`]: false }, Bool: { 'sts:RoleAuthorizedByIdp': 'true' } } }, false),
    part({ Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } }, true),
    part({ Condition: { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } }, false),
  ];
  const allow = fc.tuple(
    fc.constant('Allow' as const),
    fc.constantFrom(...principals),
    fc.constantFrom(...actions),
    fc.constantFrom(...conditions),
  );
  const deny = fc.tuple(
    fc.constant('Deny' as const),
    fc.constantFrom(...principals, ...excluded),
    fc.constantFrom(...actions),
    fc.constantFrom(...conditions),
  );

  it('denies where a statement does, else allows where one does', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 3, arbitrary: allow }, deny), { minLength: 1, maxLength: 5 }), (all) => {
        const document = policy(
          ...all.map(([Effect, ...parts]) => Object.assign({ Effect }, ...parts.map(({ members }) => members))),
        );
        const denied = all.findIndex(([effect, ...parts]) => effect === 'Deny' && parts.every(({ denies }) => denies));
        const allowed = all.findIndex(
          ([effect, ...parts]) => effect === 'Allow' && parts.every(({ allows }) => allows),
        );
        const evaluation = ask(document);
        if (denied >= 0) expect(evaluation).toEqual({ allowed: false, why: 'denied', statement: denied });
        else if (allowed >= 0) expect(evaluation).toEqual({ allowed: true, statement: allowed });
        else expect(evaluation).toMatchObject({ allowed: false, why: 'no statement' });
        const failed =
          evaluation.allowed || evaluation.why === 'denied' ? 1 : all.filter(([effect]) => effect === 'Allow').length;
        expect(told(document)).toHaveLength(Math.max(1, failed));
      }),
      { numRuns: 3000 },
    );
  });
});
