import { describe, expect, test } from 'vitest';
import { parseTrustPolicy } from '../policy.ts';
import { policyVerdict } from '../verdict.ts';
import { type Mine, parseMine } from './mine.ts';
import { whoAssumes } from './who.ts';

const now = 1_790_000_000;
const guid = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
const other = '1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9';
const hub = 'token.actions.githubusercontent.com';

/** Every kind whose name can be given to another whom an id tells: who is ours, the key of the id with ours and another, and our name. */
interface Named {
  readonly mine: string;
  readonly issuer: string;
  readonly key: string;
  readonly id: string;
  readonly other: string;
  readonly sub: string;
}

const owner = { mine: 'github:octo@7', key: 'repository_owner_id', id: '7', other: '8', sub: 'repo:octo/*' };
const repository = { ...owner, mine: 'github:octo/app@7', key: 'repository_id', sub: 'repo:octo/app:*' };
const named: readonly Named[] = [
  { ...owner, issuer: hub },
  { ...owner, issuer: `${hub}/acme` },
  { ...repository, issuer: hub },
  { ...repository, issuer: `${hub}/acme` },
  { ...repository, mine: 'github:@3/app@7', issuer: hub, sub: 'repo:octo@3/app@*' },
  { mine: 'github-enterprise:acme@7', issuer: `${hub}/acme`, key: 'enterprise_id', id: '7', other: '8', sub: '*' },
  {
    mine: 'gitlab:acme@7',
    issuer: 'gitlab.com',
    key: 'namespace_id',
    id: '7',
    other: '8',
    sub: 'project_path:acme/app:*',
  },
  {
    ...{ mine: `buildkite:acme@${guid}`, issuer: 'agent.buildkite.com', key: 'organization_id' },
    ...{ id: guid, other, sub: 'organization:acme:*' },
  },
];

const policyOf = ({ issuer, sub }: Named, condition: object, denied?: object) => {
  const provider = { Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${issuer}` } };
  const statement = { ...provider, Action: 'sts:AssumeRoleWithWebIdentity' };
  const like = { StringLike: { [`${issuer}:sub`]: sub } };
  const allow = { Effect: 'Allow', ...statement, Condition: { ...like, ...condition } };
  const deny = denied && { Effect: 'Deny', ...statement, Condition: denied };
  return parseTrustPolicy({ Version: '2012-10-17', Statement: [allow, ...(deny ? [deny] : [])] });
};
const keyOf = ({ issuer, key }: Named) => `${issuer}:${key}`;

/** By how the policy names another id: conditions of what is allowed, and of what is denied. */
const byAnother: Readonly<Record<string, (one: Named) => readonly [object, object?]>> = {
  'by itself': (one) => [{ StringEquals: { [keyOf(one)]: one.other } }],
  'in a list without ours': (one) => [{ StringEquals: { [keyOf(one)]: [one.other, `${one.other.slice(0, -1)}6`] } }],
  'beside ours': (one) => [{ StringEquals: { [keyOf(one)]: [one.id, one.other] } }],
  'where there is one': (one) => [{ StringEqualsIfExists: { [keyOf(one)]: one.other } }],
  'by a pattern': (one) => [{ 'ForAnyValue:StringLike': { [keyOf(one)]: `${one.other.slice(0, -1)}?` } }],
  'as all but ours': (one) => [{ StringNotEquals: { [keyOf(one)]: one.id } }],
  'in a denial of all others': (one) => [{}, { StringNotEquals: { [keyOf(one)]: one.other } }],
  'in a denial of ours': (one) => [{}, { StringEquals: { [keyOf(one)]: one.id } }],
};

describe.each(named)('$mine at $issuer', (one) => {
  const mine = [parseMine(one.mine) as Mine];

  // Our name beside another id is somebody else's who was given the name, or a mistake: never ours.
  test.each(Object.entries(byAnother))('is not who has another id %s', (_, conditions) => {
    const policy = policyOf(one, ...conditions(one));
    const [{ reach, exact, witness } = {}] = whoAssumes(policy, mine, now);
    expect(reach).toMatch(/others|any account/);
    expect(exact).toBe(true);
    expect(witness?.claims[one.key]).not.toBe(one.id);
    expect(policyVerdict(policy, witness?.claims ?? {}, { now, isWhole: true }, witness?.request).allowed).toBe(true);
  });

  test.each<[string, object, string?]>([
    ['whom no id is asked of', {}],
    ['who has our id', { StringEquals: { [keyOf(one)]: one.id } }],
    ['who has another id, but he is denied', { StringEquals: { [keyOf(one)]: [one.id, one.other] } }, one.other],
  ])('is %s', (_, condition, denied) => {
    const policy = policyOf(
      one,
      condition,
      denied === undefined ? undefined : { StringEquals: { [keyOf(one)]: denied } },
    );
    expect(whoAssumes(policy, mine, now)).toMatchObject([{ reach: 'only mine', exact: true }]);
  });
});
