import {
  type Admitted,
  type AnyFederatedCredential,
  credentialsVerdict,
  grantsOfCredentials,
  grantsOfPolicy,
  isUnbounded,
  type Mine,
  parseMine,
  parseTrustPolicy,
  policyVerdict,
  reachesOthers,
  whoIsGranted,
} from '@fedbridge/trust';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSampled } from '../harness/sampled.ts';
import { cases, fuzz } from './cases.ts';
import { credentialsFor, policyFor } from './policies.ts';
import { whyNotSigned } from './signed.ts';
import { type Claims, now, type Signer } from './signer.ts';
import { signers } from './signers.ts';

/** 2,000 in `pnpm test:all`. */
const documents = Math.ceil(process.env.FUZZ_CASES === undefined ? cases * 0.4 : cases);
/** Of each issuer as many; GitHub's four are a sixth of all. */
const policies = Math.ceil((documents * 0.8) / signers.length);
const lists = Math.ceil((documents * 0.2) / signers.length);

const requests = fc.record({
  'aws:SourceIp': fc.constantFrom('10.0.0.1', '10.9.0.1', '203.0.113.9'),
  'sts:RoleSessionName': fc.constantFrom('deploy-1', 'octo', 'a=b', '123456789012'),
  'aws:MultiFactorAuthAge': fc.constantFrom('5', '5.5', '7'),
});

/** Whether a document allows a token, with what comes with it. */
type Allows = (claims: Claims, request?: Readonly<Record<string, string>>) => boolean;

describe.each(signers.map((signer) => [signer.iss, signer.mine.join(), signer] as const))(
  'whoever %s signs for, beside %s',
  (_, __, signer) => {
    const mine = signer.mine.map((text) => parseMine(text) as Mine);
    const tokens = fc.array(signer.token, { minLength: 16, maxLength: 16 });

    test('is never said to be kept out by a trust policy, and each witness is allowed', () =>
      fuzz(
        fc.tuple(
          tokens.chain((some) => fc.tuple(fc.constant(some), policyFor(signer, some))),
          requests,
        ),
        ([[some, document], request]) => {
          const policy = parseTrustPolicy(document);
          const all = grantsOfPolicy(policy, now).map((grant) => whoIsGranted(grant, mine, now));
          const allows: Allows = (claims, others = request) =>
            policyVerdict(policy, claims, { now: Number(claims.iat), isWhole: true }, others).allowed !== false;
          check(signer, all, some, allows, () => JSON.stringify(document));
        },
        policies,
      ));

    test('is never said to be kept out by federated credentials, and each witness is allowed', () =>
      fuzz(
        tokens.chain((some) => fc.tuple(fc.constant(some), credentialsFor(signer, some))),
        ([some, list]) => {
          const credentials = list as AnyFederatedCredential[];
          const all = grantsOfCredentials(credentials).map((grant) => whoIsGranted(grant, mine, now));
          const allows: Allows = (claims) =>
            credentialsVerdict(credentials, claims, { now: Number(claims.iat), isWhole: true }).allowed !== false;
          check(signer, all, some, allows, () => JSON.stringify(list));
        },
        lists,
      ));
  },
);

test.skipIf(isSampled)('documents are of every kind', () => {
  const share = (what: Kind) => (counts.get(what) ?? 0) / checked;
  for (const kind of ['open to others', 'open to nobody', 'read in full', 'allowing a token'] as const)
    expect(share(kind), kind).toBeGreaterThan(0.25);
  expect(share('open to ours alone')).toBeGreaterThan(0.05);
});

type Kind = 'open to others' | 'open to nobody' | 'open to ours alone' | 'read in full' | 'allowing a token';
const counts = new Map<Kind, number>();
let checked = 0;
const count = (what: Kind) => counts.set(what, (counts.get(what) ?? 0) + 1);

/** What is said of a document, against what the evaluator says of tokens. */
function check(
  signer: Signer,
  all: readonly Admitted[],
  tokens: readonly Claims[],
  allows: Allows,
  said: () => string,
) {
  const reaches = new Set(all.map(({ reach }) => reach));
  const isOpen = [...reaches].some(reachesOthers);
  checked += 1;
  count(isOpen ? 'open to others' : reaches.has('only mine') ? 'open to ours alone' : 'open to nobody');
  if (all.every(({ unread }) => unread.length === 0)) count('read in full');
  if (tokens.some((claims) => allows(claims))) count('allowing a token');
  for (const one of all) {
    const { reach, exact, unread, isGivenUp, witness } = one;
    // What would take too long is given up, and says so.
    if (unread.length === 0 && !isGivenUp && one.issuer === signer.iss)
      expect(exact, `${said()} ${JSON.stringify(one)}`).toBe(true);
    if (!witness) continue;
    expect(allows(witness.claims, witness.request), `${said()} ${JSON.stringify(one)}`).toBe(true);
    expect(whyNotSigned(witness.claims), `${said()} ${JSON.stringify(one)}`).toBeUndefined();
    if (one.issuer !== signer.iss || signer.mine.length === 0) continue;
    // Who is shown is somebody else, where anybody else is allowed.
    const isNoOne = reach === 'only mine' ? 'others' : 'ours';
    expect(signer.owner(witness.claims), `${said()} ${JSON.stringify(one)}`).not.toBe(isNoOne);
  }
  for (const claims of tokens) {
    expect(whyNotSigned(claims), JSON.stringify(claims)).toBeUndefined();
    if (!allows(claims)) continue;
    const isOurs = reaches.has('only mine') || isOpen ? isOneOfOurs(signer, claims, allows) : false;
    expect(isOurs || (isOpen && isNamed(signer, claims, all)), `${said()} ${JSON.stringify(claims)}`).toBe(true);
  }
}

/** Whether somebody else is among those who are said to be allowed. */
function isNamed({ iss, called }: Signer, claims: Claims, all: readonly Admitted[]): boolean {
  const others = all.filter(({ issuer }) => issuer === iss);
  if (!called || others.some(({ reach }) => isUnbounded(reach))) return true;
  const names = called(claims);
  return others.some(({ owners }) => owners.some((owner) => owner === iss || names.includes(owner.toLowerCase())));
}

/** One of our name with another id is ours where no id makes a difference. */
function isOneOfOurs({ owner, withOwnerId }: Signer, claims: Claims, allows: Allows): boolean {
  const whose = owner(claims);
  if (whose !== 'by name' || !withOwnerId) return whose === 'ours';
  return ['65001', '424242'].every((id) => allows(withOwnerId(claims, id)));
}
