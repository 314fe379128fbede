/**
 * Tests as well:
 * - packages/trust/src/who/owners.ts
 */
import { expect, test } from 'vitest';
import { lintTrustPolicy } from '../lint-aws.ts';
import { parseTrustPolicy } from '../policy.ts';
import { sentenceOf } from './sentence.ts';
import { whoAssumes } from './who.ts';

const hub = 'token.actions.githubusercontent.com';
const google = 'accounts.google.com';

/** A policy with so many values of a key of an issuer, and further ones. */
function policyOf([issuer, claim, value]: Named, count: number, further: readonly string[] = []) {
  const values = [...Array.from({ length: count }, (_, index) => value(index)), ...further];
  const audience = issuer === google ? '1000001-a1b2c3.apps.googleusercontent.com' : 'sts.amazonaws.com';
  return {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: issuer === google ? issuer : `arn:aws:iam::123456789012:oidc-provider/${issuer}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { [`${issuer}:aud`]: audience },
        StringLike: { [`${issuer}:${claim}`]: values },
      },
    },
  };
}

type Named = readonly [issuer: string, claim: string, value: (index: number) => string];
const named: readonly (readonly [string, Named])[] = [
  ['subjects of GitHub', [hub, 'sub', (index) => `repo:owner${index}/app:ref:refs/heads/main`]],
  ['subjects of GitHub with any job', [hub, 'sub', (index) => `repo:owner${index}/app:*`]],
  ['owners of GitHub', [hub, 'repository_owner_id', (index) => `${1_000 + index}`]],
  ['accounts of Google', [google, 'sub', (index) => `1${String(index).padStart(20, '0')}`]],
  ['projects of GitLab', ['gitlab.com', 'sub', (index) => `project_path:group${index}/app:ref_type:branch:ref:main`]],
];
const widths = /\/(any-owner|wildcard-owner|any-user)$/;

function said(policy: object) {
  const all = whoAssumes(parseTrustPolicy(policy), [], 1_790_000_000);
  const width = lintTrustPolicy(policy).filter(({ rule }) => widths.test(rule));
  return {
    reach: all[0]?.reach,
    exact: all[0]?.exact,
    owners: all[0]?.owners.length,
    width,
    sentence: sentenceOf(all),
  };
}

test.each(named)('whoever is spelled out is named, however many: %s', (_, one) => {
  for (const count of [20, 21, 500]) {
    const expected = { reach: 'named others', exact: true, owners: count, width: [] };
    expect(said(policyOf(one, count)), `${count}`).toMatchObject(expected);
  }
});

test('of many the first are printed, with how many more there are', () => {
  const [, one] = named[0] as (typeof named)[number];
  const { sentence } = said(policyOf(one, 500));
  expect(sentence).toMatch(/^(owner\d+ at GitHub Actions(, )?){20} and 480 more are allowed\.$/);
  expect(said(policyOf(one, 20)).sentence).not.toContain('more');
});

test.each(['repo:o*/app:*', 'repo:???/app:*', '*'])('one that is left open among many is anybody: %s', (open) => {
  const [, one] = named[0] as (typeof named)[number];
  const { reach, width } = said(policyOf(one, 100, [open]));
  expect([reach, width.length > 0]).toEqual(['any account', true]);
});
