/**
 * Tests as well:
 * - packages/trust/src/credential-faults.ts
 * - packages/trust/src/lint-constraints.ts
 * - packages/trust/src/lint-keys.ts
 * - packages/trust/src/lint-login.ts
 * - packages/trust/src/lint-operators.ts
 * - packages/trust/src/lint-principals.ts
 * - packages/trust/src/lint-provider.ts
 * - packages/trust/src/who/reached.ts
 */

import { describe, expect, it } from 'vitest';
import { credentialLists, trustPolicies } from './lint.corpus.ts';
import { lintTrustPolicy } from './lint-aws.ts';
import { lintFederatedCredentials } from './lint-entra.ts';
import { rules } from './rules.ts';

/** In seconds: 2026-09-21. */
const now = 1_790_000_000;

describe('trust policies as they occur', () => {
  it('are at least 150 with the lists, each said why', () => {
    const all = [...trustPolicies, ...credentialLists];
    expect(all.length).toBeGreaterThanOrEqual(150);
    for (const list of [trustPolicies, credentialLists])
      expect(new Set(list.map(({ title }) => title)).size).toBe(list.length);
    expect(all.filter(({ why, source }) => why === '' || source === '')).toEqual([]);
  });

  it.each(trustPolicies)('$title', ({ document, findings }) => {
    expect(ids(lintTrustPolicy(document, now))).toEqual([...findings].sort());
  });
});

describe('lists of federated credentials', () => {
  it.each(credentialLists)('$title', ({ document, findings }) => {
    expect(ids(lintFederatedCredentials(document as unknown[]))).toEqual([...findings].sort());
  });
});

describe('what is told of', () => {
  const lists = credentialLists.map(
    ({ title, document }) => [title, lintFederatedCredentials(document as unknown[])] as const,
  );
  const policies = trustPolicies.map(({ title, document }) => [title, lintTrustPolicy(document, now)] as const);
  const all = new Map([...lists, ...policies]);
  it.each([
    ['one branch, by name', ['note mutable-subject Statement[0]: The subject is repo:octo/app:ref:refs/heads/main.']],
    [
      'the whole repository, as in many a guide',
      [
        'note mutable-subject Statement[0]: The subject is repo:octo/app:*.',
        'warning aws/wildcard-ref Statement[0]: The subject is repo:octo/app:*. It allows repo:octo/app:ref:refs/heads/anything.',
        'warning pull-request Statement[0]: The subject is repo:octo/app:*. It allows repo:octo/app:ref:refs/pull/1/merge.',
      ],
    ],
    [
      'a whole organization',
      [
        'error aws/wildcard-repository Statement[0]: The subject is repo:octo/*. It allows repo:octo/anything:ref:refs/heads/main.',
      ],
    ],
    [
      'every organization with the same beginning',
      [
        'error aws/wildcard-owner Statement[0]: The subject is repo:octo*. It allows repo:octo0/anything:ref:refs/heads/main.',
      ],
    ],
    [
      'StringLike for a text without a pattern',
      ['note aws/string-like Statement[0]: StringLike on token.actions.githubusercontent.com:sub has no wildcard.'],
    ],
    [
      'StringEquals with a star, which is a letter there',
      ['error aws/literal-wildcard Statement[0]: The subject is repo:octo/app:*.'],
    ],
    [
      'only the audience',
      [
        'error aws/no-sub Statement[0]: Nothing is said of the subject. It allows repo:stranger/anything:ref:refs/heads/main.',
      ],
    ],
    [
      'only the subject',
      [
        'warning aws/no-aud Statement[0]: Nothing is said of the audience. It allows repo:octo@65001/app@724113:ref:refs/heads/main with the audience api://AzureADTokenExchange.',
      ],
    ],
    [
      'ForAllValues on the subject',
      ['note aws/idle-operator Statement[0]: ForAllValues:StringEquals on token.actions.githubusercontent.com:sub.'],
    ],
    [
      'IfExists on the subject',
      ['note aws/idle-operator Statement[0]: StringEqualsIfExists on token.actions.githubusercontent.com:sub.'],
    ],
    [
      'all but one subject',
      [
        'error aws/negated-sub Statement[0]: The subject must only not be repo:octo/app:pull_request. It allows repo:stranger/anything:ref:refs/heads/main.',
      ],
    ],
    ['any provider', ['error aws/wildcard-principal Statement[0]: The principal is *.']],
    [
      'a provider with a slash at its end',
      [
        'error issuer-trailing-slash Statement[0]: The provider is token.actions.githubusercontent.com/. Tokens have the issuer https://token.actions.githubusercontent.com, exactly.',
      ],
    ],
    [
      "China's partition with the audience of the others",
      ['error aws/wrong-partition Statement[0]: The audience is sts.amazonaws.com.'],
    ],
    [
      'a service connection on the Azure DevOps issuer',
      ['warning retired-issuer Statement[0]: The subject is sc://contoso/web/aws-prod.'],
    ],
    [
      'every service connection of a project',
      [
        'warning retired-issuer Statement[0]: The subject is sc://contoso/web/*.',
        'warning aws/wildcard-connection Statement[0]: The subject is sc://contoso/web/*. It allows sc://contoso/web/anything.',
      ],
    ],
    [
      'the Entra issuer without a subject: the whole tenant',
      [
        'error aws/entra-issuer-no-sub Statement[0]: Nothing is said of the subject. It allows /eid1/c/pub/t/Tj0sG2BfGEeCk6S1xtfo-Q/a/rISbSSETf0KqFyZ8ppdXmA/sc/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d.',
      ],
    ],
    [
      'EKS: every service account of a namespace',
      [
        'warning aws/wildcard-service-account Statement[0]: The subject is system:serviceaccount:agents:*. It allows system:serviceaccount:agents:anything.',
      ],
    ],
    ['an old version of the language', ['note aws/old-version Version: Version is 2008-10-17.']],
    [
      'an operator that does not exist',
      ['error aws/malformed Statement[0]: In this document the condition operator StringMatches is not known.'],
    ],
    ['a pattern', ['error entra/pattern all-of-it: The subject is repo:octo@65001/app@724113:*.']],
    [
      'the same twice',
      [
        'error entra/duplicate second: It is as "first": https://token.actions.githubusercontent.com, repo:octo@65001/app@724113:ref:refs/heads/main.',
      ],
    ],
    ['two audiences', ['error entra/audiences main: It has 2 audiences: Entra takes exactly one.']],
    ['21 credentials', ['error entra/too-many list: There are 21.']],
    ['something else', ['error entra/malformed [0]: Issuer, subject or audiences are missing.']],
  ])('%s', (title, told) => {
    const findings = all.get(title) ?? [];
    expect(findings.map(({ severity, rule, where, message }) => `${severity} ${rule} ${where}: ${message}`)).toEqual(
      told,
    );
  });

  it('a policy in which each statement has something of its own', () => {
    const provider = (partition: string) =>
      `arn:${partition}:iam::123456789012:oidc-provider/token.actions.githubusercontent.com`;
    const Condition = {
      StringEquals: {
        'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
        'token.actions.githubusercontent.com:sub': 'repo:octo@1/app@2:ref:refs/heads/main',
      },
    };
    const statement = (partition: string) => ({
      ...{
        Effect: 'Allow',
        Principal: { Federated: provider(partition) },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition,
      },
    });
    const told = (document: object) =>
      lintTrustPolicy(document).map(({ rule, where, message }) => `${rule} ${where}: ${message}`);
    expect(told({ Statement: [statement('aws'), statement('aws-us-gov')] })).toEqual([
      'aws/wrong-partition Statement[0]: The policy has ARNs of aws and aws-us-gov.',
      'aws/wrong-partition Statement[1]: The policy has ARNs of aws and aws-us-gov.',
      'aws/old-version Version: Version is missing.',
    ]);
    expect(told({ Version: '2012-10-17', Statement: 7 })).toEqual([
      expect.stringMatching(/^aws\/malformed Statement: In this document .+\.$/),
    ]);
    const human = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action: 'sts:AssumeRole' };
    expect(told({ Statement: [human] })).toEqual([]);
    expect(told({ Statement: [{ ...statement('aws'), Effect: 'Deny' }] })).toEqual([]);
    const acts = (Action: string | string[], more: object = {}) =>
      told({ Version: '2012-10-17', Statement: [{ ...statement('aws'), Action, ...more }] });
    expect(acts('sts:AssumeRole')).toEqual([
      'aws/wrong-action Statement[0]: The action is sts:AssumeRole. Nobody is allowed by this statement.',
    ]);
    expect(acts('sts:Assume*').filter((one) => one.startsWith('aws/wrong-action'))).toEqual([]);
  });

  it('credentials at the limits', () => {
    const one = (index: number) => ({
      name: `name-${index}`,
      issuer: 'https://i',
      subject: `s${index}`,
      audiences: ['a'],
    });
    const twenty = Array.from({ length: 20 }, (_, index) => one(index));
    expect(lintFederatedCredentials(twenty)).toEqual([]);
    const told = (document: object) =>
      lintFederatedCredentials([document]).map(({ rule, where, message }) => `${rule} ${where}: ${message}`);
    const http = 'The issuer is http://i, which is not an https:// address.';
    expect(told({ ...one(0), issuer: 'http://i' })).toEqual([`entra/malformed name-0: ${http}`]);
    expect(told({ ...one(0), name: undefined, audiences: [] })).toEqual([
      'entra/audiences s0: It has no audience: Entra takes exactly one.',
    ]);
    expect(told({ ...one(0), audiences: [7] })).toEqual([
      'entra/malformed [0]: Issuer, subject or audiences are missing.',
    ]);
    expect(told({ ...one(0), issuer: 'https://token.actions.githubusercontent.com/' })).toEqual([
      'issuer-trailing-slash name-0: The issuer is https://token.actions.githubusercontent.com/. Tokens have the issuer https://token.actions.githubusercontent.com, exactly.',
    ]);
    // Of an issuer that is not GitHub's nothing is known, whatever its subjects look like.
    expect(told({ ...one(0), subject: 'repo:o/r:pull_request' })).toEqual([]);
    const issuer = 'https://token.actions.githubusercontent.com';
    expect(told({ ...one(0), issuer, subject: 'repo:o/r:pull_request' })).toEqual([
      'mutable-subject name-0: The subject is repo:o/r:pull_request.',
      'pull-request name-0: The subject is repo:o/r:pull_request. It allows repo:o/r:pull_request.',
    ]);
  });
});

it('every rule is found in the corpus', () => {
  const found = [...trustPolicies, ...credentialLists].flatMap(({ findings }) => findings);
  expect(Object.keys(rules).filter((rule) => !rule.startsWith('read/') && !found.includes(rule as never))).toEqual([]);
});

describe('what holds a token to nobody', () => {
  const hub = 'token.actions.githubusercontent.com';
  const said = (Condition: object) =>
    lintTrustPolicy({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${hub}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com' }, ...Condition },
      },
    });

  it.each(['NumericGreaterThan', 'NumericLessThanEquals', 'NumericLessThanIfExists'])('is %s of an id', (operator) => {
    expect(ids(said({ [operator]: { [`${hub}:repository_owner_id`]: '65001' } }))).toContain('aws/no-sub');
  });

  it('is a subject that begins with a wildcard, and it is said so', () => {
    const [required] = said({ StringLike: { [`${hub}:sub`]: '*:environment:prod' } }).filter(
      ({ rule }) => rule === 'aws/required-claim',
    );
    expect(required?.message).toContain('*:environment:prod');
    expect(required?.message).not.toContain('Nothing is said');
  });
});

describe('of a login service', () => {
  const said = (host: string, Condition: object) =>
    lintTrustPolicy({
      Version: '2012-10-17',
      Statement: {
        ...{ Effect: 'Allow', Principal: { Federated: host }, Action: 'sts:AssumeRoleWithWebIdentity' },
        Condition,
      },
    });
  const [cognito, google] = ['cognito-identity.amazonaws.com', 'accounts.google.com'];
  const pool = 'eu-central-1:pool';

  it.each([
    ['a wildcard alone', 'Nothing is said of aud.', cognito, { StringLike: { [`${cognito}:aud`]: '*' } }],
    [
      'a value among wildcards',
      'Nothing is said of aud.',
      cognito,
      { StringLike: { [`${cognito}:aud`]: [pool, '*'] } },
    ],
    ['what must not be', 'Nothing is said of aud.', cognito, { StringNotEquals: { [`${cognito}:aud`]: pool } }],
    ['a pattern', undefined, cognito, { StringLike: { [`${cognito}:aud`]: 'eu-central-1:*' } }],
    ['a key in other letters', undefined, cognito, { StringEqualsIgnoreCase: { [`${cognito}:AUD`]: pool } }],
    [
      'a pattern where it must be exact',
      'Nothing is said of aud or oaud or sub with StringEquals.',
      google,
      { StringLike: { [`${google}:sub`]: '1080*' } },
    ],
    [
      'a key in other letters where it must be exact',
      'Nothing is said of aud or oaud or sub with StringEquals.',
      google,
      { StringEquals: { [`${google}:SUB`]: '108' } },
    ],
    [
      'IfExists',
      'Nothing is said of aud or oaud or sub with StringEquals.',
      google,
      { StringEqualsIfExists: { [`${google}:sub`]: '108' } },
    ],
    ['one of several values', undefined, google, { 'ForAnyValue:StringEquals': { [`${google}:sub`]: '108' } }],
  ])('IAM takes a condition on its tokens, or asks for one: %s', (_, wanted, host, condition) => {
    const required = said(host, condition).filter(({ rule }) => rule === 'aws/required-claim');
    expect(required.map(({ message }) => message)).toEqual(wanted === undefined ? [] : [wanted]);
  });

  it.each([
    [`${google}:aud or ${google}:oaud`, 'nothing', { StringEquals: { [`${google}:sub`]: '108' } }],
    [
      `${google}:oaud`,
      'a service account by its address',
      { StringEquals: { [`${google}:aud`]: 'ci@octo.iam.gserviceaccount.com' } },
    ],
    [`${google}:aud or ${google}:oaud`, 'a pattern', { StringLike: { [`${google}:aud`]: '1-*' } }],
  ])('says that %s is missing where the audience is %s', (keys, _, condition) => {
    const [unsaid] = said(google, condition).filter(({ rule }) => rule === 'aws/no-aud');
    expect(unsaid?.message).toContain(`Nothing is said of whom a token is for: ${keys}. It allows `);
  });
});

describe('an audience that may be another is told with one that STS takes', () => {
  const tenant = 'login.microsoftonline.com/1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9/v2.0';
  const hub = 'token.actions.githubusercontent.com';
  const ofTenant =
    '/eid1/c/pub/t/Tj0sG2BfGEeCk6S1xtfo-Q/a/rISbSSETf0KqFyZ8ppdXmA/sc/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d/1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9';
  const ofHub = 'repo:octo@1/app@2:ref:refs/heads/main';
  const anything = 'The audience may be anything';
  it.each<
    readonly [string, string, string, Readonly<Record<string, Readonly<Record<string, string>>>>, string, string]
  >([
    [
      'the application that asks, of Entra',
      tenant,
      ofTenant,
      {},
      'Nothing is said of the audience.',
      '499b84ac-1321-427f-aa17-267ca6975798',
    ],
    [
      'the audience itself, where that is asked for',
      tenant,
      ofTenant,
      { StringLike: { oaud: '*' } },
      `${anything}.`,
      'fb60f99c-7a34-4190-8149-302f77469936',
    ],
    ["Azure's, of GitHub", hub, ofHub, { StringLike: { aud: '*' } }, `${anything}.`, 'api://AzureADTokenExchange'],
    ['one that fits a pattern', hub, ofHub, { StringLike: { aud: 'sts*' } }, `${anything} that fits sts*.`, 'sts'],
    [
      'one that fits two',
      hub,
      ofHub,
      { StringLike: { aud: 'sts*' }, 'ForAnyValue:StringLike': { aud: '*com' } },
      `${anything} that fits sts* and *com.`,
      'stscom',
    ],
  ])('%s', (_, iss, subject, like, said, audience) => {
    const more = Object.fromEntries(
      Object.entries(like).map(([operator, keys]) => [
        operator,
        Object.fromEntries(Object.entries(keys).map(([claim, value]) => [`${iss}:${claim}`, value])),
      ]),
    );
    const found = lintTrustPolicy({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${iss}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${iss}:sub`]: subject }, ...more },
      },
    }).filter(({ rule }) => rule === 'aws/no-aud');
    const open = Object.entries(more).flatMap(([operator, keys]) => ['Condition', operator, ...Object.keys(keys)]);
    expect(found.map(({ message, at = [] }) => ({ message, at }))).toEqual([
      { message: `${said} It allows ${subject} with the audience ${audience}.`, at: open.slice(0, 3) },
    ]);
  });
});

describe('of a key that no token has it is told what comes of it', () => {
  const hub = 'token.actions.githubusercontent.com';
  const exact = { [`${hub}:aud`]: 'sts.amazonaws.com', [`${hub}:sub`]: 'repo:octo@1/app@2:ref:refs/heads/main' };
  const allow = (Condition: object) => ({
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${hub}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition,
  });
  const deny = (Condition: object) => ({ ...allow(Condition), Effect: 'Deny', Principal: '*' });
  const never = `STS never fills ${hub}:color, whatever is in the token.`;
  const foreign = `is no key of this provider, whose keys begin with ${hub}:.`;
  it.each([
    [
      'an Allow that demands it',
      `${never} Nobody is allowed by this statement.`,
      allow({ StringEquals: { ...exact, [`${hub}:color`]: 'red' } }),
    ],
    [
      'an Allow that excludes it',
      `${never} The condition has no effect.`,
      allow({ StringEquals: exact, StringNotEquals: { [`${hub}:color`]: 'red' } }),
    ],
    [
      'a Deny that demands it',
      `${never} Nobody is denied by this statement.`,
      deny({ StringEquals: { [`${hub}:color`]: 'red' } }),
    ],
    [
      'a Deny that excludes it',
      `${never} The denial is no narrower for it.`,
      deny({ StringNotEquals: { [`${hub}:color`]: 'red' } }),
    ],
    [
      'a blank for a key',
      `" " ${foreign} Nobody is allowed by this statement.`,
      allow({ StringEquals: { ...exact, ' ': 'red' } }),
    ],
    [
      "another issuer's key as a variable",
      `gitlab.com:sub ${foreign} With it as a variable, "repo:octo@1/app@2:\${gitlab.com:sub}" equals nothing.`,
      allow({
        StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com' },
        StringLike: { [`${hub}:sub`]: 'repo:octo@1/app@2:${gitlab.com:sub}' },
      }),
    ],
    [
      'a variable without a name',
      'In "repo:octo@1/app@2:${}" a variable has no name: it equals nothing.',
      allow({
        StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com' },
        StringLike: { [`${hub}:sub`]: 'repo:octo@1/app@2:${}' },
      }),
    ],
  ])('%s', (_, message, statement) => {
    const all = [allow({ StringEquals: exact }), statement];
    const found = lintTrustPolicy({ Version: '2012-10-17', Statement: all }).filter(
      ({ rule, where }) => where === 'Statement[1]' && /^(aws\/(foreign|unfilled)-key|never-matches)$/.test(rule),
    );
    expect(found.map((one) => one.message)).toEqual([message]);
  });
});

const ids = (findings: readonly { readonly rule: string }[]) => findings.map(({ rule }) => rule).sort();
