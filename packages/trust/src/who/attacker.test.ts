import { describe, expect, test } from 'vitest';
import { parseTrustPolicy } from '../policy.ts';
import { policyVerdict } from '../verdict.ts';
import { reachesOthers } from './admitted.ts';
import { type Mine, parseMine } from './mine.ts';
import { whoAssumes } from './who.ts';

const now = 1_790_000_000;
const hub = 'token.actions.githubusercontent.com';
const mine = ['github:octo@65001', 'account:123456789012'].map((text) => parseMine(text) as Mine);

type Block = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const key = (claim: string) => `${hub}:${claim}`;
const on = (operator: string, claim: string, ...values: readonly string[]): Block => ({
  [operator]: { [key(claim)]: values },
});

/** Conditions together, those of one operator too. */
function all(...blocks: readonly Block[]): Block {
  const found: Record<string, Record<string, unknown>> = {};
  for (const block of blocks)
    for (const [operator, keys] of Object.entries(block)) found[operator] = { ...found[operator], ...keys };
  return found;
}

const provider = { Federated: `arn:aws:iam::123456789012:oidc-provider/${hub}` };
const webIdentity = { Action: 'sts:AssumeRoleWithWebIdentity' };
const allow = (...blocks: readonly Block[]) => ({
  Effect: 'Allow',
  Principal: provider,
  ...webIdentity,
  Condition: all(...blocks),
});
const deny = (...blocks: readonly Block[]) => ({
  Effect: 'Deny',
  Principal: provider,
  ...webIdentity,
  Condition: all(...blocks),
});

/** A token of somebody else. */
function stranger(more: Readonly<Record<string, unknown>> = {}) {
  const claims = {
    ...{ iss: `https://${hub}`, aud: 'sts.amazonaws.com', iat: now, nbf: now, exp: now + 300 },
    ...{
      sub: 'repo:evil/app:ref:refs/heads/main',
      repository: 'evil/app',
      repository_id: '7',
      repository_owner: 'evil',
    },
    ...{ repository_owner_id: '99', ref: 'refs/heads/main', actor: 'evil', actor_id: '5', workflow: 'deploy' },
    job_workflow_ref: 'evil/app/.github/workflows/deploy.yml@refs/heads/main',
    ...more,
  };
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

const inEnvironment = (name: string) =>
  stranger({ sub: `repo:evil/app:environment:${name.replaceAll(':', '%3A')}`, environment: name });
const called = (owner: string, repository: string, ref = 'refs/heads/main') =>
  stranger({
    ...{
      sub: `repo:${owner}/${repository}:ref:${ref}`,
      repository: `${owner}/${repository}`,
      repository_owner: owner,
      ref,
    },
    job_workflow_ref: `${owner}/${repository}/.github/workflows/deploy.yml@${ref}`,
  });

const v = (name: string) => `\${${name}}`;
const octo = on('StringLike', 'sub', 'repo:octo/*');

/** What looks tight, with somebody else whom it allows. */
const attacks: readonly (readonly [
  what: string,
  statements: readonly object[],
  token: Readonly<Record<string, unknown>>,
])[] = [
  ['IfExists on a claim that is missing', [allow(on('StringEqualsIfExists', 'environment', 'prod'))], stranger()],
  [
    'IfExists in a denial',
    [allow(), deny(on('StringNotEqualsIfExists', 'environment', 'prod'))],
    inEnvironment('prod'),
  ],
  ['Null that wants it missing', [allow(on('Null', 'environment', 'true'))], stranger()],
  ['Null both ways', [allow(on('Null', 'environment', 'true', 'false'))], stranger()],
  ['Null in a denial', [allow(), deny(on('Null', 'environment', 'true'))], inEnvironment('x')],
  ['ForAllValues without the key', [allow(on('ForAllValues:StringEquals', 'environment', 'prod'))], stranger()],
  ['ForAllValues of an enterprise', [allow(on('ForAllValues:StringLike', 'enterprise_id', '4711'))], stranger()],
  [
    'ForAnyValue that is negated',
    [allow(on('ForAnyValue:StringNotEquals', 'sub', 'repo:octo/app:pull_request'))],
    stranger(),
  ],
  ['ForAllValues that is negated', [allow(on('ForAllValues:StringNotLike', 'sub', 'repo:octo/*'))], stranger()],
  ['a negated subject', [allow(on('StringNotLike', 'sub', 'repo:bad/*'))], stranger()],
  ['a negated key that nobody fills', [allow(on('StringNotEquals', 'repository_owner', 'evil'))], stranger()],
  ['a negated key of another issuer', [allow({ StringNotEquals: { 'gitlab.com:sub': 'x' } })], stranger()],
  ['NotAction', [{ ...allow(), Action: undefined, NotAction: 'sts:AssumeRole' }], stranger()],
  ['a denial of another action', [allow(), { ...deny(), Action: 'sts:TagSession' }], stranger()],
  [
    'a denial of another provider',
    [allow(), { ...deny(), Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/x.example' } }],
    stranger(),
  ],
  [
    'a denial of all but this provider',
    [allow(), { ...deny(), Principal: undefined, NotPrincipal: provider }],
    stranger(),
  ],
  ['a denial of AWS accounts', [allow(), { ...deny(), Principal: { AWS: '123456789012' } }], stranger()],
  [
    'one tight statement and a wide one',
    [allow(octo), allow(on('StringLike', 'sub', '*:environment:prod'))],
    inEnvironment('prod'),
  ],
  ['an owner that begins alike', [allow(on('StringLike', 'sub', 'repo:octo*'))], called('octopus', 'app')],
  ['one letter more', [allow(on('StringLike', 'sub', 'repo:oct?/app:*'))], called('octa', 'app')],
  ['an owner that ends alike', [allow(on('StringLike', 'repository', '*octo/app'))], called('evil-octo', 'app')],
  [
    'a repository of the same name',
    [allow(on('StringLike', 'sub', 'repo:*/app:ref:refs/heads/main'))],
    called('evil', 'app'),
  ],
  ['our name as a branch', [allow(on('StringLike', 'sub', '*octo/app*'))], called('evil', 'x', 'refs/heads/octo/app')],
  [
    'our subject as an environment',
    [allow(on('StringLike', 'sub', '*octo/app%3Aref*'))],
    inEnvironment('octo/app:ref'),
  ],
  ['a wildcard over a colon', [allow(on('StringLike', 'sub', 'repo:*:environment:prod'))], inEnvironment('prod')],
  [
    'the case of an owner, by who is called so',
    [allow(on('StringEqualsIgnoreCase', 'repository', 'EVIL/APP'))],
    stranger(),
  ],
  ['letters that fold to another', [allow(on('StringEqualsIgnoreCase', 'actor', 'EVIL'))], stranger()],
  ['a letter beyond ASCII', [allow(on('StringLike', 'sub', 'repo:*:environment:pröd'))], inEnvironment('pröd')],
  ['an emoji by two wildcards', [allow(on('StringLike', 'sub', 'repo:*:environment:??'))], inEnvironment('\u{1f680}')],
  [
    'a workflow of ours by anybody',
    [allow(on('StringLike', 'job_workflow_ref', 'octo/flows/*'))],
    stranger({ job_workflow_ref: 'octo/flows/.github/workflows/d.yml@refs/heads/main' }),
  ],
  [
    'an id of five letters',
    [allow(on('StringLike', 'repository_owner_id', '6500?'))],
    stranger({ repository_owner_id: '65002' }),
  ],
  ['an id as a number, with an end', [allow(on('NumericLessThanEquals', 'repository_owner_id', '65001'))], stranger()],
  ['an ARN that is none', [allow(on('ArnNotLike', 'sub', 'arn:aws:iam::*:role/x'))], stranger()],
  ['an address that is none', [allow(on('NotIpAddress', 'sub', '10.0.0.0/8'))], stranger()],
  ['a variable of itself', [allow(on('StringEquals', 'sub', v(key('sub'))))], stranger()],
  ['a variable of the repository', [allow(on('StringLike', 'sub', `repo:${v(key('repository'))}:*`))], stranger()],
  ['a variable of the actor', [allow(on('StringLike', 'repository', `${v(key('actor'))}/*`))], stranger()],
  [
    'a variable with a default',
    [allow(on('StringLike', 'sub', `repo:\${${key('repository_owner')}, 'evil'}/*`))],
    stranger(),
  ],
  [
    'a variable in a denial that stands for nothing',
    [allow(), deny(on('StringLike', 'sub', `repo:${v('a.example:sub')}*`))],
    stranger(),
  ],
  [
    'a variable in a denial of another claim',
    [allow(), deny(on('StringNotLike', 'repository', `${v(key('actor'))}/*`))],
    stranger(),
  ],
  [
    'a star that is written as a variable',
    [allow(octo), allow(on('StringNotLike', 'sub', `repo:${v('*')}`))],
    stranger(),
  ],
  [
    'two denials that leave a hole',
    [allow(), deny(on('StringLike', 'sub', '*:ref:*')), deny(on('StringLike', 'sub', '*:environment:*'))],
    stranger({ sub: 'repo:evil/app:pull_request', ref: 'refs/pull/1/merge' }),
  ],
  [
    'a denial with a condition of the request',
    [allow(), deny({ Bool: { 'aws:SecureTransport': 'false' } })],
    stranger(),
  ],
  ['a denial that ends', [allow(), deny({ DateLessThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } })], stranger()],
  ['a denial of one session', [allow(), deny({ StringNotLike: { 'sts:RoleSessionName': '*' } })], stranger()],
  [
    'our id in a customized subject of ours alone, and an old name',
    [allow(on('StringLike', 'sub', 'repository_owner:octo:*', 'actor:*'))],
    stranger({ sub: 'actor:evil' }),
  ],
  [
    'fifty repositories of ours, and one',
    [
      allow(
        on(
          'StringLike',
          'sub',
          ...Array.from({ length: 50 }, (_, index) => `repo:octo/app-${index}:*`),
          'repo:*/app-51:*',
        ),
      ),
    ],
    called('evil', 'app-51'),
  ],
];

describe('somebody else', () => {
  test.each(attacks)('is told of where he is allowed by %s', (_, statements, token) => {
    const policy = parseTrustPolicy(JSON.parse(JSON.stringify({ Version: '2012-10-17', Statement: statements })));
    const request = { 'sts:RoleSessionName': 'session' };
    expect(policyVerdict(policy, token, { now, isWhole: true }, request).allowed).not.toBe(false);
    const told = whoAssumes(policy, mine, now);
    expect(
      told.some(({ reach }) => reachesOthers(reach)),
      JSON.stringify(told),
    ).toBe(true);
    for (const { exact, unread } of told) expect(exact).toBe(unread.length === 0);
  });
});
