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
import { aud, hub, immutable, keys, policy, provider, statement, sub } from '../corpus/sample.corpus.ts';
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
const rulesOf = (all: readonly { readonly rule: string }[]) => all.map(({ rule }) => rule);

describe('of a trust policy', () => {
  it.each([
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

  it('of members that stand twice one is made that says both', () => {
    const text = JSON.stringify(one({ StringEquals: aud, StringLike: sub('repo:octo@65001/app@724113:*') }));
    const { document, fixes, left } = fixedOf(text.replace('StringLike', 'StringEquals'));
    expect(rulesOf(fixes)).toContain('read/duplicate-member');
    expect(document).toMatchObject({ Statement: [{ Condition: { StringEquals: aud } }] });
    expect(rulesOf(left)).not.toContain('read/duplicate-member');
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
  it.each([
    ["AWS's audience", { ...good, audiences: ['sts.amazonaws.com'] }, good, 'hardly-matches'],
    ['no audience', { ...good, audiences: [] }, good, 'entra/audiences'],
    ['a slash after the issuer', { ...good, issuer: `https://${hub}/` }, good, 'issuer-trailing-slash'],
    ['a blank after the subject', { ...good, subject: `${immutable} ` }, good, 'never-matches'],
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
