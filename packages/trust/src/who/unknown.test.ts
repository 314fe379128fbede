/**
 * Tests as well:
 * - packages/trust/src/who/scopes.ts
 */

import { describe, expect, test } from 'vitest';
import { lintTrustPolicy } from '../lint-aws.ts';
import { parseTrustPolicy } from '../policy.ts';
import { policyVerdict } from '../verdict.ts';
import { whoIsNew } from './diff.ts';
import { grantsOfPolicy, whoAssumes } from './who.ts';

const now = 1_790_000_000;
const hub = 'token.actions.githubusercontent.com';
const oracle = 'idcs-0a.identity.oraclecloud.com';
const arnOf = (issuer: string, account = '123456789012') => `arn:aws:iam::${account}:oidc-provider/${issuer}`;
const by = (issuer: string, Condition: object, more: object = {}) => ({
  ...{ Effect: 'Allow', Principal: { Federated: arnOf(issuer) }, Action: 'sts:AssumeRoleWithWebIdentity', Condition },
  ...more,
});
const policyOf = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });
const token = { iss: `https://${hub}`, sub: 'repo:octo/app:ref:refs/heads/main', aud: 'sts.amazonaws.com' };
const testOf = (document: object) => policyVerdict(parseTrustPolicy(document), token, { now, isWhole: false });
const whoOf = (document: object) => whoAssumes(parseTrustPolicy(document), [], now);

const unsure = ['aws:FederatedProvider', 'aws:userid', 'aws:PrincipalType', 'aws:PrincipalAccount'];
const deny = { Effect: 'Deny' };

describe('of what is not known of STS nobody is said to be denied', () => {
  test.each(
    unsure.flatMap((key): [string, object][] => [
      [`${key} with another value`, policyOf(by(hub, { StringEquals: { [key]: 'x' } }))],
      [`${key} with another value, if it exists`, policyOf(by(hub, { StringEqualsIfExists: { [key]: 'x' } }))],
      [`${key} that is not there`, policyOf(by(hub, { Null: { [key]: 'true' } }))],
      [`${key} that is there`, policyOf(by(hub, { Null: { [key]: 'false' } }))],
      [`a denial of ${key}`, policyOf(by(hub, {}), by(hub, { StringEquals: { [key]: arnOf(hub) } }, deny))],
      [`a denial of ${key} that is there`, policyOf(by(hub, {}), by(hub, { Null: { [key]: 'false' } }, deny))],
      [`${key} as a variable`, policyOf(by(hub, { StringEquals: { [`${hub}:sub`]: `\${${key}}` } }))],
    ]),
  )('%s', (_, document) => {
    expect(whoOf(document)).toMatchObject([{ reach: 'any account', exact: false, unread: [expect.anything()] }]);
  });

  test.each<[string, object]>([
    ['any provider', { Principal: { Federated: '*' } }],
    ['any provider beside another', { Principal: { Federated: ['*', arnOf(oracle)] } }],
    ['all but any provider', { Principal: undefined, NotPrincipal: { Federated: '*' } }],
  ])('a denial of %s', (_, principal) => {
    const document = policyOf(by(hub, {}), by(hub, {}, { ...deny, ...principal }));
    expect(whoOf(document)).toMatchObject([{ reach: 'any account', exact: false, witness: undefined }]);
    expect(testOf(document).allowed).toBeNull();
  });

  test.each<[string, object]>([
    ['its provider beside any', { Federated: ['*', arnOf(hub)] }],
    ['everybody', { AWS: '*' }],
    ['everybody at all', '*' as unknown as object],
  ])('but a denial of %s is one', (_, Principal) => {
    expect(whoOf(policyOf(by(hub, {}), by(hub, {}, { ...deny, Principal })))).toMatchObject([
      { reach: 'nobody', exact: true },
    ]);
  });

  const root = 'arn:aws:iam::123456789012:root';
  const role = 'arn:aws:iam::123456789012:role/ci';
  const member = (NotPrincipal: object) => ({ ...deny, Principal: undefined, NotPrincipal });

  test.each<[string, object]>([
    ['all but an account', member({ AWS: root })],
    ['all but an account by its number', member({ AWS: '123456789012' })],
    ['all but an account in China', member({ AWS: 'arn:aws-cn:iam::123456789012:root' })],
    ['all but an account and a role in it', member({ AWS: [role, root] })],
    ['all but an account and another provider', member({ AWS: root, Federated: arnOf(oracle) })],
    ['all but another account', member({ AWS: 'arn:aws:iam::210987654321:root' })],
    ['an account', { ...deny, Principal: { AWS: root } }],
    ['an account and another provider', { ...deny, Principal: { AWS: root, Federated: arnOf(oracle) } }],
  ])('a denial of %s, of which "trust test" says no more', (_, more) => {
    const document = policyOf(by(hub, {}), by(hub, {}, more));
    const key = 'NotPrincipal' in more ? 'NotPrincipal.AWS' : 'Principal.AWS';
    expect(whoOf(document)).toMatchObject([
      { reach: 'any account', exact: false, unread: [{ key }], witness: undefined },
    ]);
    expect(testOf(document)).toMatchObject({
      allowed: null,
      why: [expect.stringMatching(/^Statement 2 may deny it: /)],
    });
  });

  test('of a denial that would not be of it in any case', () => {
    const more = { ...member({ AWS: root }), Condition: { StringEquals: { [`${hub}:actor`]: 'somebody' } } };
    expect(testOf(policyOf(by(hub, {}), by(hub, {}, more)))).toMatchObject({ allowed: true });
    expect(testOf(policyOf(by(oracle, {}), by(hub, {}, member({ AWS: root }))))).toMatchObject({ allowed: false });
  });

  test.each<[string, object, string]>([
    ['all but a role', member({ AWS: role }), 'nobody'],
    ['all but a session', member({ AWS: 'arn:aws:sts::123456789012:assumed-role/ci/job' }), 'nobody'],
    ['all but a service', member({ Service: 'ec2.amazonaws.com' }), 'nobody'],
    ['all but another provider', member({ Federated: arnOf(oracle) }), 'nobody'],
    ['all but its provider', member({ Federated: arnOf(hub) }), 'any account'],
    ['all but its provider and an account', member({ Federated: arnOf(hub), AWS: root }), 'any account'],
    ['nobody', member({ AWS: '*' }), 'any account'],
    ['a role', { ...deny, Principal: { AWS: role } }, 'any account'],
    ['its provider and an account', { ...deny, Principal: { AWS: root, Federated: arnOf(hub) } }, 'nobody'],
  ])('but a denial of %s is plain', (_, more, reach) => {
    expect(whoOf(policyOf(by(hub, {}), by(hub, {}, more)))).toMatchObject([{ reach, exact: true }]);
    expect(testOf(policyOf(by(hub, {}), by(hub, {}, more)))).toMatchObject({ allowed: reach !== 'nobody' });
  });

  const rpst = { [`${oracle}:rpst_id`]: 'ocid1.x' };
  test.each<[string, object]>([
    ['demanded', policyOf(by(oracle, { StringEquals: rpst }))],
    ['in a denial', policyOf(by(oracle, {}), by(oracle, { StringNotEquals: rpst }, deny))],
  ])('a key of an issuer that is not known, %s', (_, document) => {
    expect(whoOf(document)).toMatchObject([{ exact: false, unread: [{ key: `${oracle}:rpst_id` }] }]);
    expect(whoOf(document)[0]?.reach).not.toBe('nobody');
    expect(lintTrustPolicy(document).map(({ rule }) => rule)).not.toContain('aws/unfilled-key');
  });

  test('but of a known issuer a key that STS does not fill is missing', () => {
    const document = policyOf(by('gitlab.com', { StringEquals: { 'gitlab.com:rpst_id': 'x' } }));
    expect(whoOf(document)).toMatchObject([{ reach: 'nobody', exact: true }]);
    expect(lintTrustPolicy(document).map(({ rule }) => rule)).toContain('aws/unfilled-key');
  });

  test.each(unsure)('%s is not the same at another provider', (key) => {
    const old = by(hub, { StringEquals: { [key]: 'x' } });
    const fresh = { ...old, Principal: { Federated: arnOf(hub, '210987654321') } };
    const [before, after] = [old, fresh].map((one) => grantsOfPolicy(parseTrustPolicy(policyOf(one)), now));
    expect(whoIsNew(before ?? [], after ?? [], [], now)).toMatchObject([{ exact: false }]);
  });
});
