import { grantsOfPolicy, parseTrustPolicy, policyVerdict, whoIsNew } from '@fedbridge/trust';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cases, fuzz } from './cases.ts';
import { policyFor } from './policies.ts';
import { type Claims, now } from './signer.ts';
import { signers } from './signers.ts';

/** 500 in `pnpm test:all`, of all issuers together. */
const pairs = Math.ceil(cases / 10 / signers.length);

const request = { 'aws:SourceIp': '10.0.0.1', 'sts:RoleSessionName': 'deploy-1' };

test.each(signers)('whoever $iss signs for is told to be new where a change allows him', (signer) =>
  fuzz(
    fc.array(signer.token, { minLength: 16, maxLength: 16 }).chain((some) => {
      const policy = policyFor(signer, some);
      return fc.tuple(fc.constant(some), policy, policy);
    }),
    ([tokens, before, after]) => {
      const [old, fresh] = [parseTrustPolicy(before), parseTrustPolicy(after)];
      const found = whoIsNew(grantsOfPolicy(old, now), grantsOfPolicy(fresh, now), [], now);
      const said = JSON.stringify([before, after, found]);
      const isNew = (claims: Claims, others: Readonly<Record<string, string>>) => {
        const presented = { now: Number(claims.iat), isWhole: true };
        return (
          policyVerdict(fresh, claims, presented, others).allowed &&
          !policyVerdict(old, claims, presented, others).allowed
        );
      };
      for (const { witness } of found) if (witness) expect(isNew(witness.claims, witness.request), said).toBe(true);
      const missed = found.length > 0 ? undefined : tokens.find((claims) => isNew(claims, request));
      expect(missed, said).toBeUndefined();
    },
    pairs,
  ),
);
