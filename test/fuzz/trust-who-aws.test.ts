import {
  evaluateTrustPolicy,
  grantsOfPolicy,
  type Mine,
  parseMine,
  parseTrustPolicy,
  reachesOthers,
  whoIsGranted,
} from '@fedbridge/trust';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cases, fuzz } from './cases.ts';
import { maybe, now, oneOf } from './signer.ts';

const own = '111111111111';
const other = '222222222222';
const mine = [parseMine(`account:${own}`) as Mine];

const arns = [own, other, '333333333333'].flatMap((account) => [
  ...[
    `arn:aws:iam::${account}:role/deploy`,
    `arn:aws:iam::${account}:role/team/app`,
    `arn:aws:iam::${account}:user/ann`,
  ],
  `arn:aws-cn:iam::${account}:role/deploy`,
]);

/** An AWS principal by its condition keys, with what it says in its request. */
const principal = fc
  .record({
    arn: oneOf(...arns),
    organization: maybe('o-ours000001', 'o-other00001'),
    externalId: maybe('xx', 'y-1'),
  })
  .map(({ arn, organization, externalId }) => ({
    arn,
    account: arn.split(':')[4] ?? '',
    context: {
      'aws:PrincipalArn': arn,
      'aws:PrincipalAccount': arn.split(':')[4] ?? '',
      ...(organization === undefined ? {} : { 'aws:PrincipalOrgID': organization }),
      ...(externalId === undefined ? {} : { 'sts:ExternalId': externalId }),
    },
  }));

const names = oneOf<string | readonly string[]>(
  ...['*', own, other, `arn:aws:iam::${own}:root`, `arn:aws:iam::${other}:root`, arns[0] ?? '', arns[4] ?? ''],
  ...['AROAEXAMPLE', [own, other], [arns[1] ?? '', arns[6] ?? '']],
);

const set = oneOf('', '', '', 'ForAnyValue:', 'ForAllValues:');
const condition = fc.oneof(
  fc.tuple(
    oneOf('ArnLike', 'ArnNotLike', 'ArnEquals', 'StringLike', 'StringNotLike'),
    fc.constant('aws:PrincipalArn'),
    oneOf(
      [`arn:aws:iam::${own}:*`],
      ['arn:*:iam::*:role/deploy'],
      [arns[4] ?? ''],
      ['arn:aws:iam::?????????111:*'],
      ['*'],
    ),
  ),
  fc.tuple(
    fc.tuple(set, oneOf('StringEquals', 'StringNotEquals'), oneOf('', 'IfExists')).map((parts) => parts.join('')),
    oneOf('aws:PrincipalAccount', 'aws:PrincipalOrgID'),
    oneOf([own], [own, other], ['o-ours000001'], ['${aws:PrincipalAccount}'], ['']),
  ),
  fc.tuple(
    fc
      .tuple(set, oneOf('StringEquals', 'StringLike', 'StringNotLike'), oneOf('', 'IfExists'))
      .map((all) => all.join('')),
    fc.constant('sts:ExternalId'),
    oneOf(['xx'], ['??'], ['*'], [''], ['y-*', 'xx']),
  ),
  fc.tuple(fc.constant('Null'), oneOf('sts:ExternalId', 'aws:PrincipalOrgID'), oneOf(['true'], ['false'])),
);

const conditions = fc.array(condition, { maxLength: 3 }).map((all) =>
  all.reduce<Record<string, Record<string, readonly string[]>>>((found, [operator, key, values]) => {
    found[operator] = { ...found[operator], [key]: values };
    return found;
  }, {}),
);

const action = oneOf<object>({ Action: 'sts:AssumeRole' }, { Action: 'sts:*' }, { NotAction: 'sts:TagSession' });
const allow = fc
  .tuple(names, conditions, action)
  .map(([AWS, Condition, one]) => ({ Effect: 'Allow', Principal: { AWS }, ...one, Condition }));
const deny = fc
  .tuple(names, oneOf('Principal', 'NotPrincipal'), conditions, action)
  .map(([AWS, member, Condition, one]) => ({ Effect: 'Deny', [member]: { AWS }, ...one, Condition }));

const policy = fc
  .tuple(
    fc.array(allow, { minLength: 1, maxLength: 2 }),
    fc.array(deny, { maxLength: 2 }),
    oneOf('2012-10-17', '2012-10-17', '2008-10-17'),
  )
  .map(([allowed, denied, Version]) => ({ Version, Statement: [...allowed, ...denied] }));

describe('whichever AWS principal a trust policy allows', () => {
  test('is never said to be kept out, and each witness is allowed', () =>
    fuzz(
      fc.tuple(policy, fc.array(principal, { minLength: 16, maxLength: 16 })),
      ([document, principals]) => {
        const read = parseTrustPolicy(document);
        const all = grantsOfPolicy(read, now).map((grant) => whoIsGranted(grant, mine, now));
        const reaches = new Set(all.map(({ reach }) => reach));
        const said = JSON.stringify([document, all]);
        const allows = (role: string, account: string, context: Readonly<Record<string, string>>) =>
          evaluateTrustPolicy(read, { principal: { role, account }, action: 'sts:AssumeRole', context }).allowed;
        // An id may be of somebody who is there, whose ARN IAM puts in its place.
        const hasId = /"AROA[A-Z]+"/.test(said);
        for (const { witness, unread, exact, reach } of all) {
          if (unread.length === 0 && !hasId) expect(exact, said).toBe(true);
          if (!witness) continue;
          const claims = witness.claims as Readonly<Record<string, string>>;
          const [role = '', account = ''] = [claims['aws:principalarn'], claims['aws:principalaccount']];
          expect(allows(role, account, { ...claims, ...witness.request }), said).toBe(true);
          expect(account === own, said).toBe(reach === 'only mine');
        }
        const isOpen = [...reaches].some(reachesOthers);
        for (const { arn, account, context } of principals) {
          if (!allows(arn, account, context)) continue;
          const isTold = isOpen || (account === own && reaches.has('only mine'));
          expect(isTold, `${said} ${JSON.stringify(context)}`).toBe(true);
        }
      },
      Math.ceil(cases / 10),
    ));
});
