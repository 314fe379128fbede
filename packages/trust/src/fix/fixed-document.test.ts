/**
 * Tests as well:
 * - packages/trust/src/fix/condition-block.ts
 * - packages/trust/src/fix/credentials.ts
 * - packages/trust/src/fix/duplicate-members.ts
 * - packages/trust/src/fix/fix.ts
 * - packages/trust/src/fix/policy.ts
 * - packages/trust/src/fix/statement.ts
 * - packages/trust/src/read/credential-spelling.ts
 */

import { describe, expect, it } from 'vitest';
import {
  account,
  aud,
  cluster,
  connection,
  devOps,
  entra,
  hub,
  immutable,
  keys,
  policy,
  provider,
  statement,
  sub,
  tenant,
} from '../corpus/sample.corpus.ts';
import { parseFederatedCredential } from '../federated-credential.ts';
import { JsonDocument } from '../json.ts';
import { credentialLists, trustPolicies } from '../lint.corpus.ts';
import { MalformedPolicyError, parseTrustPolicy } from '../policy.ts';
import { trustDocumentsIn } from '../read/trust-documents.ts';
import { whoIsNew } from '../who/diff.ts';
import { type Grant, grantsOfCredentials, grantsOfPolicy } from '../who/who.ts';
import { fixTrustDocument } from './fixed-document.ts';

const now = 1_790_000_000;

function fixedOf(text: string) {
  const [document] = trustDocumentsIn(JsonDocument.parse(text));
  const fixed = document && fixTrustDocument(document);
  if (!fixed) throw new Error('there is nothing to fix');
  return fixed;
}

const fixed = (document: unknown) => fixedOf(JSON.stringify(document));
const one = (condition: object, more: object = {}) => policy(statement(hub, condition, more));
const here = { 'aws:SourceIp': '203.0.113.0/24' };
const ofConnection = {
  ...{ sub: connection, aud: '499b84ac-1321-427f-aa17-267ca6975798' },
  oaud: 'fb60f99c-7a34-4190-8149-302f77469936',
};
const rulesOf = (all: readonly { readonly rule: string }[]) => all.map(({ rule }) => rule);

describe('of a trust policy', () => {
  it.each<readonly [string, object, object, string]>([
    [
      'an audience that is missing',
      one({ StringEquals: sub(immutable) }),
      one({ StringEquals: { ...sub(immutable), ...aud } }),
      'aws/no-aud',
    ],
    [
      'an audience that may be anything',
      one({ StringEquals: sub(immutable), StringLike: keys(hub, { aud: '*' }) }),
      one({ StringEquals: { ...sub(immutable), ...aud } }),
      'aws/no-aud',
    ],
    [
      'StringLike without a wildcard',
      one({ StringEquals: aud, StringLike: sub(immutable) }),
      one({ StringEquals: { ...aud, ...sub(immutable) } }),
      'aws/string-like',
    ],
    [
      'StringEquals with a wildcard',
      one({ StringEquals: { ...aud, ...sub('repo:octo@65001/app@724113:ref:refs/heads/release/*') } }),
      one({ StringEquals: aud, StringLike: sub('repo:octo@65001/app@724113:ref:refs/heads/release/*') }),
      'aws/literal-wildcard',
    ],
    [
      'ForAllValues',
      one({ 'ForAllValues:StringEquals': { ...aud, ...sub(immutable) } }),
      one({ StringEquals: { ...aud, ...sub(immutable) } }),
      'aws/idle-operator',
    ],
    [
      'IfExists',
      one({ StringEquals: aud, StringEqualsIfExists: sub(immutable) }),
      one({ StringEquals: { ...aud, ...sub(immutable) } }),
      'aws/idle-operator',
    ],
    [
      'the action of AWS principals',
      one({ StringEquals: { ...aud, ...sub(immutable) } }, { Action: 'sts:AssumeRole' }),
      one({ StringEquals: { ...aud, ...sub(immutable) } }),
      'aws/wrong-action',
    ],
    [
      'an old version',
      { Version: '2008-10-17', ...{ Statement: one({ StringEquals: { ...aud, ...sub(immutable) } }).Statement } },
      one({ StringEquals: { ...aud, ...sub(immutable) } }),
      'aws/old-version',
    ],
    [
      'the audience of another partition',
      one({ StringEquals: { ...aud, ...sub(immutable) } }, { Principal: { Federated: provider(hub, 'aws-cn') } }),
      one(
        { StringEquals: { ...keys(hub, { aud: 'sts.amazonaws.com.cn' }), ...sub(immutable) } },
        { Principal: { Federated: provider(hub, 'aws-cn') } },
      ),
      'aws/wrong-partition',
    ],
    [
      'a key that has the scheme before it',
      one({ StringEquals: { ...aud, ...keys(`https://${hub}`, { sub: immutable }) } }),
      one({ StringEquals: { ...aud, ...sub(immutable) } }),
      'aws/foreign-key',
    ],
    [
      "an audience that is missing in China's partition",
      one({ StringEquals: sub(immutable) }, { Principal: { Federated: provider(hub, 'aws-cn') } }),
      one(
        { StringEquals: { ...sub(immutable), ...keys(hub, { aud: 'sts.amazonaws.com.cn' }) } },
        { Principal: { Federated: provider(hub, 'aws-cn') } },
      ),
      'aws/no-aud',
    ],
    ...(
      [
        ['of a pipeline', devOps, 'p://contoso/web/release', { aud: 'api://AzureADTokenExchange' }],
        ['of a service account', cluster, 'system:serviceaccount:agents:azp', { aud: 'sts.amazonaws.com' }],
        [
          'of a service connection, with the application that asks',
          entra,
          connection,
          { aud: '499b84ac-1321-427f-aa17-267ca6975798', oaud: 'fb60f99c-7a34-4190-8149-302f77469936' },
        ],
      ] as const
    ).map(([whose, issuer, subject, audiences]): readonly [string, object, object, string] => [
      `an audience that is missing, ${whose}`,
      policy(statement(issuer, { StringEquals: keys(issuer, { sub: subject }) })),
      policy(statement(issuer, { StringEquals: keys(issuer, { sub: subject, ...audiences }) })),
      'aws/no-aud',
    ]),
    [
      'an audience that is missing, of a service connection that is not the first condition',
      policy(statement(entra, { IpAddress: here, StringEquals: keys(entra, { sub: connection }) })),
      policy(statement(entra, { IpAddress: here, StringEquals: keys(entra, ofConnection) })),
      'aws/no-aud',
    ],
    [
      'StringLike for one of two keys',
      one({ StringLike: { ...aud, ...sub('repo:octo@65001/app@724113:ref:refs/heads/v?') } }),
      one({ StringLike: sub('repo:octo@65001/app@724113:ref:refs/heads/v?'), StringEquals: aud }),
      'aws/string-like',
    ],
    [
      'a wildcard in one of several values of a token',
      one({
        StringEquals: aud,
        'ForAnyValue:StringEquals': sub('repo:octo@65001/app@724113:ref:refs/heads/release/*'),
      }),
      one({ StringEquals: aud, 'ForAnyValue:StringLike': sub('repo:octo@65001/app@724113:ref:refs/heads/release/*') }),
      'aws/literal-wildcard',
    ],
    [
      'the action of AWS principals, beside another',
      one({ StringEquals: { ...aud, ...sub(immutable) } }, { Action: ['sts:TagSession', 'sts:AssumeRole'] }),
      one(
        { StringEquals: { ...aud, ...sub(immutable) } },
        { Action: ['sts:TagSession', 'sts:AssumeRoleWithWebIdentity'] },
      ),
      'aws/wrong-action',
    ],
    [
      'no version, which is written first',
      { Id: 'ci', Statement: one({ StringEquals: { ...aud, ...sub(immutable) } }).Statement },
      { Version: '2012-10-17', Id: 'ci', Statement: one({ StringEquals: { ...aud, ...sub(immutable) } }).Statement },
      'aws/old-version',
    ],
    [
      'the audiences of both partitions',
      one(
        { StringEquals: keys(hub, { aud: ['sts.amazonaws.com', 'sts.amazonaws.com.cn'], sub: immutable }) },
        { Principal: { Federated: provider(hub, 'aws-cn') } },
      ),
      one(
        { StringEquals: keys(hub, { aud: 'sts.amazonaws.com.cn', sub: immutable }) },
        { Principal: { Federated: provider(hub, 'aws-cn') } },
      ),
      'aws/wrong-partition',
    ],
    [
      'a key that begins with the ARN of the provider',
      one({ StringEquals: { ...aud, ...keys(provider(hub), { sub: immutable }) } }),
      one({ StringEquals: { ...aud, ...sub(immutable) } }),
      'aws/foreign-key',
    ],
    [
      'a key with a slash after the provider',
      one({ StringEquals: { ...aud, ...keys(`${hub}/`, { sub: immutable }) } }),
      one({ StringEquals: { ...aud, ...sub(immutable) } }),
      'aws/foreign-key',
    ],
    [
      'a slash after the provider',
      policy(statement(`${hub}/`, { StringEquals: keys(`${hub}/`, { aud: 'sts.amazonaws.com', sub: immutable }) })),
      one({ StringEquals: { ...aud, ...sub(immutable) } }),
      'issuer-trailing-slash',
    ],
  ])('%s', (_, document, wanted, rule) => {
    const { document: next, fixes, left } = fixed(document);
    expect(JSON.stringify(next)).toBe(JSON.stringify(wanted));
    expect(rulesOf(fixes)).toContain(rule);
    expect(rulesOf(left)).not.toContain(rule);
  });

  it('a slash after the provider goes from all statements, and other providers stay', () => {
    const written = (issuer: string) => {
      const conditions = (subject: string) => ({
        StringEquals: keys(issuer, { aud: 'sts.amazonaws.com', sub: subject }),
      });
      return policy(
        statement(issuer, conditions(immutable), { Principal: { Federated: [provider(cluster), provider(issuer)] } }),
        statement(issuer, conditions('repo:octo@65001/web@7:pull_request'), { Effect: 'Deny', Principal: '*' }),
      );
    };
    expect(fixed(written(`${hub}/`)).document).toEqual(written(hub));
  });

  it.each([
    [
      'an audience of which only a part is open',
      one({ StringEquals: sub(immutable), StringLike: keys(hub, { aud: 'sts*' }) }),
    ],
    [
      'an audience of two providers',
      {
        ...policy(
          statement(
            hub,
            { StringEquals: sub(immutable) },
            { Principal: { Federated: [provider(hub), provider(cluster)] } },
          ),
        ),
      },
    ],
    [
      'the action of a statement that names an account too',
      one(
        { StringEquals: { ...aud, ...sub(immutable) } },
        { Action: 'sts:AssumeRole', Principal: { Federated: provider(hub), AWS: account } },
      ),
    ],
    [
      'the action of a provider of SAML',
      policy(
        statement(hub, undefined, {
          Action: 'sts:AssumeRole',
          Principal: { Federated: `arn:aws:iam::${account}:saml-provider/acme` },
        }),
      ),
    ],
    ['a wildcard beside a variable', one({ StringEquals: { ...aud, ...sub('repo:${aws:PrincipalTag/team}/*') } })],
    [
      'a key of a claim that is none',
      one({
        StringEquals: { ...aud, ...sub(immutable), ...keys(`https://${hub}`, { color: 'red' }) },
      }),
    ],
    [
      'a key that is there already as it should be',
      one({
        StringEquals: { ...aud, ...sub(immutable), ...keys(`https://${hub}`, { sub: 'repo:octo@65001/web@7:*' }) },
      }),
    ],
    [
      'IfExists where another condition sees to the key',
      one({
        ...{ StringEquals: aud, StringEqualsIfExists: sub(immutable) },
        Null: sub('false'),
      }),
    ],
  ])('is left to its owner: %s', (_, document) => {
    expect(fixed(document)).toMatchObject({ document, fixes: [] });
  });

  it('of members that stand twice one is made that says both', () => {
    const text = JSON.stringify(one({ StringEquals: aud, StringLike: sub('repo:octo@65001/app@724113:*') }));
    const { document, fixes, left } = fixedOf(text.replace('StringLike', 'StringEquals'));
    expect(rulesOf(fixes)).toContain('read/duplicate-member');
    expect(document).toMatchObject({ Statement: [{ Condition: { StringEquals: aud } }] });
    expect(rulesOf(left)).not.toContain('read/duplicate-member');
  });

  it('a key in other letters is the same one, once', () => {
    const otherwise = keys(hub.toUpperCase(), { sub: immutable });
    const text = JSON.stringify(one({ StringEquals: sub(immutable), StringLike: { ...otherwise, ...aud } }));
    const { document } = fixedOf(text.replace('StringLike', 'StringEquals'));
    expect(document).toMatchObject({ Statement: [{ Condition: { StringEquals: { ...sub(immutable), ...aud } } }] });
    expect(JSON.stringify(document)).not.toContain(hub.toUpperCase());
  });

  it('members that say different things of the same stay', () => {
    const text = JSON.stringify(one({ StringEquals: sub(immutable), StringLike: sub('repo:evil/app:*') }));
    const { left } = fixedOf(text.replace('StringLike', 'StringEquals'));
    expect(rulesOf(left)).toContain('read/duplicate-member');
  });

  it('an audience that nobody can know is not made up', () => {
    const { fixes, left } = fixed(
      policy(
        statement('app.terraform.io', {
          StringLike: keys('app.terraform.io', { sub: 'organization:o:project:p:workspace:w:run_phase:*' }),
        }),
      ),
    );
    expect(rulesOf(fixes)).not.toContain('aws/no-aud');
    expect(rulesOf(left)).toContain('aws/no-aud');
  });

  it('what is longer than IAM takes, or hostile, takes no time', () => {
    const many = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [`${hub}:sub${'x'.repeat(index % 7)}${index}`, 'a']),
    );
    const within = one({ StringLike: { ...many, ...sub(immutable) }, 'ForAllValues:StringEquals': aud });
    expect(JSON.stringify(within).length).toBeLessThan(65_536);
    expect(rulesOf(fixed(within).fixes)).toContain('aws/idle-operator');
    expect(() => fixed(one({ StringLike: { ...sub('x'.repeat(70_000)) } }))).toThrow('nothing to fix');
    const doubled = JSON.stringify(one({ StringEquals: aud })).replace(
      '"Effect"',
      '"__proto__":{"a":1},"__proto__":{"a":1},"Effect"',
    );
    expect(rulesOf(fixedOf(doubled).left)).toContain('read/duplicate-member');
  });

  it('a variable stays in a policy of an old version, where it is a text', () => {
    const { fixes } = fixed({ Version: '2008-10-17', Statement: one({ StringLike: sub('${aws:userid}') }).Statement });
    expect(rulesOf(fixes)).not.toContain('aws/old-version');
  });

  it('a second condition on the same key keeps the first', () => {
    const both = one({ StringEquals: { ...aud, ...sub(immutable) }, StringLike: sub(immutable) });
    expect(fixed(both).document).toEqual(both);
  });
});

describe('of federated credentials', () => {
  const good = {
    name: 'main',
    issuer: `https://${hub}`,
    subject: immutable,
    audiences: ['api://AzureADTokenExchange'],
  };
  it.each<readonly [string, object, object, string]>([
    ["AWS's audience", { ...good, audiences: ['sts.amazonaws.com'] }, good, 'hardly-matches'],
    ['no audience', { ...good, audiences: [] }, good, 'entra/audiences'],
    ['a slash after the issuer', { ...good, issuer: `https://${hub}/` }, good, 'issuer-trailing-slash'],
    ['a blank after the subject', { ...good, subject: `${immutable} ` }, good, 'never-matches'],
    [
      'the audience in other letters',
      { ...good, audiences: ['API://azureadtokenexchange/ '] },
      good,
      'entra/wrong-audience',
    ],
    [
      "another cloud's audience beside AWS's",
      { ...good, audiences: ['sts.amazonaws.com', 'api://AzureADTokenExchangeUSGov'] },
      { ...good, audiences: ['api://AzureADTokenExchangeUSGov'] },
      'entra/audiences',
    ],
    ...(
      [
        ['com', 'api://AzureADTokenExchange'],
        ['us', 'api://AzureADTokenExchangeUSGov'],
      ] as const
    ).map(([end, audience]): readonly [string, object, object, string] => {
      const of = { ...good, issuer: `https://login.microsoftonline.${end}/${tenant}/v2.0`, subject: connection };
      return [
        `no audience, of a tenant at login.microsoftonline.${end}`,
        { ...of, audiences: [] },
        { ...of, audiences: [audience] },
        'entra/audiences',
      ];
    }),
  ])('%s', (_, credential, wanted, rule) => {
    const { document, fixes, left } = fixed([credential]);
    expect(document).toEqual([wanted]);
    expect(rulesOf(fixes)).toEqual([rule]);
    expect(left).toEqual([]);
  });

  it('a name that Entra does not take is made of the job', () => {
    const { document, left } = fixed([{ ...good, name: 'my app' }]);
    expect(document).toMatchObject([{ name: expect.stringMatching(/^octo-65001-app-724113-[\w-]+$/) }]);
    expect(left).toEqual([]);
  });

  it.each([
    ['audiences of two clouds', { audiences: ['api://AzureADTokenExchange', 'api://AzureADTokenExchangeUSGov'] }],
    ['a subject that is none without its blanks either', { subject: ' repo:octo/app:main ' }],
    ['a slash after an issuer of which nothing is known', { issuer: 'https://idp.example.com/', subject: 'x' }],
  ])('%s are left to their owner', (_, more) => {
    const credential = { ...good, ...more };
    expect(fixed([credential])).toMatchObject({ document: [credential], fixes: [] });
  });

  it('a name is made once, of the first that needs it', () => {
    const others = { audiences: ['api://AzureADTokenExchangeUSGov'] };
    const { document, fixes } = fixed([
      { ...good, name: 'my app' },
      { ...good, ...others, name: 'my other' },
    ]);
    expect(document).toMatchObject([{ name: expect.stringMatching(/^octo-/) }, { name: 'my other' }]);
    expect(fixes.map(({ where }) => where)).toEqual(['my app']);
  });

  it('an expression gives a name, and two of the same are one', () => {
    const { subject: _, ...rest } = good;
    const value = "claims['sub'] matches 'repo:octo@65001/app@724113:*' and claims['repository_id'] eq '724113'";
    const flexible = { ...rest, claimsMatchingExpression: { value, languageVersion: 1 } };
    expect(fixed([{ ...flexible, name: 'my app' }]).document).toMatchObject([
      { name: expect.stringMatching(/^claims-sub-matches-repo-octo-65001-/) },
    ]);
    const { document, fixes } = fixed([flexible, { ...flexible, name: 'again' }]);
    expect(document).toEqual([flexible]);
    expect(fixes.map(({ where, what }) => `${where}: ${what}`)).toEqual([
      'again: It says what "main" says, and is gone.',
    ]);
  });

  it('of two that say the same the second goes, and of two that do not none', () => {
    expect(fixed([good, { ...good, name: 'again' }]).document).toEqual([good]);
    const others = [good, { ...good, name: 'again', audiences: ['api://AzureADTokenExchangeUSGov'] }];
    expect(fixed(others).document).toEqual(others);
  });

  it('what stands around it stays, and its spelling', () => {
    const printed = {
      nextLink: null,
      value: [{ Name: 'main', Issuer: `https://${hub}/`, Subject: immutable, Audience: good.audiences }],
    };
    expect(fixed(printed).document).toEqual({
      nextLink: null,
      value: [{ Name: 'main', Issuer: `https://${hub}`, Subject: immutable, Audience: good.audiences }],
    });
  });
});

/** Undefined for what IAM or Entra do not take. */
function grantsOf(document: unknown): readonly Grant[] | undefined {
  try {
    if (Array.isArray(document)) return grantsOfCredentials(document.map(parseFederatedCredential));
    return grantsOfPolicy(parseTrustPolicy(document), now);
  } catch (error) {
    if (error instanceof MalformedPolicyError || Array.isArray(document)) return undefined;
    throw error;
  }
}

describe.each([
  ['trust policies', trustPolicies],
  ['federated credentials', credentialLists],
])('in the corpus of %s', (_, samples) => {
  it.each(samples.map(({ title, document }) => [title, document] as const))('%s', (_title, document) => {
    const [found] = trustDocumentsIn(JsonDocument.parse(JSON.stringify(document)));
    const result = found && fixTrustDocument(found);
    if (!result) return;
    const { fixes } = result;
    const [next] = trustDocumentsIn(JsonDocument.parse(JSON.stringify(result.document)));
    // What was fixed stays so.
    expect(next && fixTrustDocument(next)?.fixes).toEqual([]);
    expect(fixes.length > 0 || JSON.stringify(result.document) === JSON.stringify(document)).toBe(true);
    const [before, after] = [grantsOf(document), grantsOf(result.document)];
    if (!before || !after) return;
    // Nobody is newly allowed unless a fix says so.
    const gained = whoIsNew(before, after, [], now).filter(({ witness }) => witness);
    expect(fixes.some(({ widens }) => widens) ? [] : gained).toEqual([]);
  });
});
