import { expect, it } from 'vitest';
import { hub, policy, statement } from '../corpus/sample.corpus.ts';
import { JsonDocument } from '../json.ts';
import { lintTrustDocument } from './lint-document.ts';
import { trustDocumentsIn } from './trust-documents.ts';

/** What is found in a text, each with the text of its line. */
function placed(text: string): readonly (readonly [rule: string, line: string])[] {
  const lines = text.split('\n');
  return trustDocumentsIn(JsonDocument.parse(text)).flatMap((document) =>
    lintTrustDocument(document).map(({ rule, position }) => [rule, lines[position.line - 1]?.trim() ?? ''] as const),
  );
}

it('a finding about a condition points at its key, or at the value of several that it is about', () => {
  const document = policy(
    statement(hub, {
      'ForAllValues:StringEquals': { [`${hub}:aud`]: 'sts.amazonaws.com' },
      StringLike: { [`${hub}:sub`]: ['repo:octo@65001/app@724113:ref:refs/heads/main', 'repo:octo/*', 'ref:main'] },
      StringEquals: { [`${hub}:enterprise`]: 'acme' },
    }),
    statement(hub, { StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com', [`${hub}:sub`]: 'repo:octo/app:main' } }),
  );
  expect(placed(JSON.stringify(document, null, 2))).toEqual([
    ['aws/idle-operator', `"${hub}:aud": "sts.amazonaws.com"`],
    ['aws/unfilled-key', `"${hub}:enterprise": "acme"`],
    ['never-matches', `"${hub}:sub": "repo:octo/app:main"`],
  ]);
  const { Condition: conditions, ...rest } = document.Statement[0] as { Condition: Record<string, unknown> };
  const { StringEquals: _, ...others } = conditions;
  const wide = JSON.stringify(policy({ ...rest, Condition: others }), null, 2);
  expect(placed(wide)).toEqual([
    ['aws/idle-operator', `"${hub}:aud": "sts.amazonaws.com"`],
    ['never-matches', '"ref:main"'],
    ['aws/wildcard-repository', '"repo:octo/*",'],
  ]);
});

it.each([
  ['subject', 'issuer', 'audiences', (one: object) => one],
  ['Subject', 'Issuer', 'Audience', (one: object) => one],
  ['subject', 'issuer', 'audiences', ({ name, ...properties }: { name?: string }) => ({ name, properties })],
] as const)('and of a credential at the member, as it is written: %s', (subject, issuer, audiences, around) => {
  const credential = {
    name: 'main',
    [issuer]: `https://${hub}/`,
    [subject]: 'repo:octo@65001/app@724113:ref:main',
    [audiences]: ['sts.amazonaws.com'],
  };
  expect(placed(JSON.stringify([around(credential)], null, 2))).toEqual([
    ['issuer-trailing-slash', `"${issuer}": "https://${hub}/",`],
    ['hardly-matches', '"sts.amazonaws.com"'],
  ]);
});
