import { grantsOfPolicy, type Mine, parseMine, parseTrustPolicy, policyVerdict, whoIsGranted } from '@fedbridge/trust';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cases, fuzz } from './cases.ts';

const gh = 'token.actions.githubusercontent.com';
const now = 1_790_000_000;
/** 2,000 in `pnpm test`. */
const policies = Math.ceil(process.env.FUZZ_CASES === undefined ? cases * 0.4 : cases);

const mine = ['github:octo@65001'].map((text) => parseMine(text) as Mine);

const texts = fc.constantFrom(
  ...['*', '?', 'repo:*', 'repo:octo/*', 'repo:octo/app:*', 'repo:octo/app:ref:refs/heads/main', 'repo:Octo/app:*'],
  ...['repo:octo*/app:*', 'repo:?cto/app:*', 'repo:octo@65001/app@7:*', 'repo:octo@*', 'repo:evil/app:pull_request'],
  ...['repo:*/app:environment:prod', '*:environment:prod*', '*:pull_request', 'environment:prod', '65001', '6500?'],
  ...['repository_owner_id:65001:*', 'repository_owner:octo:environment:prod', 'job_workflow_ref:*', 'actor:*'],
  ...['octo/app', 'octo/*', 'evil/app', 'OCTO/app', 'refs/heads/main', 'refs/*', 'prod', '', 'sts.amazonaws.com'],
  ...['octo/flows/.github/workflows/d.yml@refs/heads/main', 'octo/flows/*', '${aws:PrincipalAccount}', '${*}'],
);

const operators = fc.constantFrom(
  ...['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase', 'StringLikeIfExists'],
  ...['StringNotEqualsIgnoreCase', 'StringNotLikeIfExists', 'ForAnyValue:StringLike', 'ForAllValues:StringLike'],
  ...['ForAnyValue:StringNotEquals', 'ArnLike', 'ArnNotEquals', 'Bool'],
);

const keys = fc
  .constantFrom(
    ...[
      'sub',
      'sub',
      'sub',
      'aud',
      'repository',
      'repository_id',
      'repository_owner_id',
      'ref',
      'environment',
      'actor',
    ],
    ...['job_workflow_ref', 'enterprise_id', 'repository_owner', 'workflow'],
  )
  .map((name) => `${gh}:${name}`);

const condition = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(operators, keys, fc.array(texts, { minLength: 1, maxLength: 3 })) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constant('Null'), keys, fc.constantFrom(['true'], ['false'], ['true', 'false'])),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom('IpAddress', 'NotIpAddress'),
      fc.constant('aws:SourceIp'),
      fc.array(fc.constantFrom('10.0.0.0/8', '10.0.0.0/16', '0.0.0.0/0', '192.0.2.1'), { minLength: 1, maxLength: 2 }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom('DateLessThan', 'DateGreaterThan'),
      fc.constant('aws:CurrentTime'),
      fc.constantFrom(['2026-01-01T00:00:00Z'], ['2027-01-01T00:00:00Z']),
    ),
  },
);

const conditions = fc.array(condition, { maxLength: 4 }).map((all) =>
  all.reduce<Record<string, Record<string, readonly string[]>>>((found, [operator, key, values]) => {
    found[operator] = { ...found[operator], [key]: values };
    return found;
  }, {}),
);

const provider = `arn:aws:iam::123456789012:oidc-provider/${gh}`;

const policy = fc
  .tuple(fc.array(conditions, { minLength: 1, maxLength: 2 }), fc.array(conditions, { maxLength: 2 }))
  .map(([allowed, denied]) => ({
    Version: '2012-10-17',
    Statement: [
      ...allowed.map((Condition) => ({
        Effect: 'Allow',
        Principal: { Federated: provider },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition,
      })),
      ...denied.map((Condition) => ({
        Effect: 'Deny',
        Principal: '*',
        Action: 'sts:*',
        Condition,
      })),
    ],
  }));

const owners = [
  { name: 'octo', id: '65001' },
  { name: 'evil', id: '99' },
  { name: 'octopus', id: '6500' },
  { name: 'OCTO', id: '65001' },
];

/** A token of GitHub's, of ours or of somebody else's, in any form. */
const token = fc
  .record({
    owner: fc.constantFrom(...owners),
    repository: fc.constantFrom({ name: 'app', id: '7' }, { name: 'flows', id: '8' }),
    ref: fc.constantFrom('refs/heads/main', 'refs/tags/v1'),
    environment: fc.constantFrom(undefined, 'prod', 'a:b'),
    isPullRequest: fc.boolean(),
    form: fc.constantFrom('names', 'ids', 'environment', 'owner id', 'owner', 'workflow', 'actor'),
    enterprise: fc.constantFrom(undefined, '42'),
    flow: fc.constantFrom(
      'octo/flows/.github/workflows/d.yml@refs/heads/main',
      'evil/x/.github/workflows/x.yml@refs/heads/m',
    ),
    audience: fc.constantFrom('sts.amazonaws.com', 'https://github.com/octo'),
  })
  .map(({ owner, repository, ref, environment, isPullRequest, form, enterprise, flow, audience }) => {
    const context = environment
      ? `environment:${environment.replaceAll(':', '%3A')}`
      : isPullRequest
        ? 'pull_request'
        : `ref:${ref}`;
    const subjects = {
      names: `repo:${owner.name}/${repository.name}:${context}`,
      ids: `repo:${owner.name}@${owner.id}/${repository.name}@${repository.id}:${context}`,
      environment: `environment:${environment ?? 'x'}`,
      'owner id': `repository_owner_id:${owner.id}:${context}`,
      owner: `repository_owner:${owner.name}:${context}`,
      workflow: `job_workflow_ref:${flow}`,
      actor: 'actor:somebody',
    };
    return {
      iss: `https://${gh}`,
      sub: subjects[form],
      aud: audience,
      repository: `${owner.name}/${repository.name}`,
      repository_id: repository.id,
      repository_owner: owner.name,
      repository_owner_id: owner.id,
      ref: isPullRequest && !environment ? 'refs/pull/1/merge' : ref,
      actor: 'somebody',
      workflow: 'deploy',
      job_workflow_ref: flow,
      ...(environment ? { environment } : {}),
      ...(enterprise ? { enterprise_id: enterprise } : {}),
      iat: now,
      nbf: now,
      exp: now + 300,
    };
  });

const isOurs = ({ repository_owner, repository_owner_id }: Record<string, unknown>) =>
  String(repository_owner).toLowerCase() === 'octo' || repository_owner_id === '65001';

describe('whoever a trust policy allows', () => {
  test('is never said to be kept out, and each witness is allowed', () =>
    fuzz(
      fc.tuple(
        policy,
        fc.array(token, { minLength: 20, maxLength: 20 }),
        fc.constantFrom('10.0.0.1', '10.9.0.1', '203.0.113.9'),
      ),
      ([document, tokens, address]) => {
        const read = parseTrustPolicy(document);
        const all = grantsOfPolicy(read, now).map((grant) => whoIsGranted(grant, mine, now));
        const reaches = new Set(all.map(({ reach }) => reach));
        for (const one of all)
          if (one.unread.length === 0) expect(one, JSON.stringify(document)).toMatchObject({ exact: true });
        const isOpen = reaches.has('any account') || reaches.has('named others');
        for (const claims of tokens) {
          const { allowed } = policyVerdict(read, claims, { now, isWhole: true }, { 'aws:SourceIp': address });
          if (!allowed) continue;
          const isTold = isOpen || (isOurs(claims) && reaches.has('only mine'));
          expect(isTold, `${JSON.stringify(document)} ${JSON.stringify(claims)}`).toBe(true);
        }
      },
      policies,
    ));
});
