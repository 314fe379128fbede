import { describe, expect, test } from 'vitest';
import { lintTrustPolicy } from '../lint-aws.ts';
import { parseTrustPolicy } from '../policy.ts';
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
    const [all] = whoOf(policyOf(by(hub, {}), by(hub, {}, { ...deny, ...principal })));
    expect(all).toMatchObject({ reach: 'any account', exact: false });
    expect(all?.witness).toBeDefined();
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
