import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holds } from '../../packages/trust/src/condition.ts';
import { parseTrustPolicy } from '../../packages/trust/src/policy.ts';
import { type Mine, parseMine } from '../../packages/trust/src/who/mine.ts';
import { renamed } from '../../packages/trust/src/who/renaming.ts';
import { type Grant, grantsOfPolicy } from '../../packages/trust/src/who/who.ts';
import { withWords } from '../../packages/trust/src/who/words.ts';
import { isSampled } from '../harness/sampled.ts';
import { cases, fuzz } from './cases.ts';
import { policyFor } from './policies.ts';
import { whyNotSigned } from './signed.ts';
import { type Claims, now, type Signer } from './signer.ts';
import { signers } from './signers.ts';

/** 1,000 in `pnpm test:all`. */
const policies = Math.ceil((process.env.FUZZ_CASES === undefined ? cases * 0.2 : cases / 5) / signers.length);

let [documents, renamedOnes, allowed] = [0, 0, 0];

describe.each(signers.map((signer) => [signer.iss, signer.mine.join(), signer] as const))(
  'a question about tokens of %s, beside %s',
  (_, __, signer) => {
    const mine = signer.mine.map((text) => parseMine(text) as Mine);

    test('is met by a token as the same question with other names is by the same token with other names', () =>
      fuzz(
        fc
          .array(signer.token, { minLength: 8, maxLength: 8 })
          .chain((tokens) => fc.tuple(fc.constant(tokens), policyFor(signer, tokens))),
        ([tokens, document]) => {
          documents += 1;
          for (const grant of grantsOfPolicy(parseTrustPolicy(document), now)) {
            if (grant.iss === signer.iss) check(grant, mine, tokens, signer);
          }
        },
        policies,
      ));
  },
);

test.skipIf(isSampled)('are renamed, and met', () => {
  expect(renamedOnes).toBeGreaterThan(documents * 0.1);
  expect(allowed).toBeGreaterThan(documents * 0.1);
});

function check(grant: Grant, mine: readonly Mine[], tokens: readonly Claims[], { owner }: Signer) {
  const question = { ...grant, mine, now };
  const named = renamed(question);
  if (!named) return;
  renamedOnes += 1;
  const texts = [...grant.allow, ...grant.deny.flat()].flatMap(({ values }) => values).join(' ');
  const other = named.also({ operator: '', key: '', values: [texts] }).values[0] ?? '';
  // Words that stand at the same place of both.
  const forth = new Map(
    texts.match(/[A-Za-z\d]+/g)?.map((word, at) => [word, other.match(/[A-Za-z\d]+/g)?.[at] ?? word]),
  );
  for (const token of tokens) {
    for (const given of [token, inNames(token, (word) => forth.get(word) ?? word)]) {
      const back = inNames(given, named.back);
      const said = () => JSON.stringify([grant.allow, grant.deny, named.allow, given, back]);
      expect(whyNotSigned(back) === undefined, said()).toBe(whyNotSigned(given) === undefined);
      expect(owner(back), said()).toBe(owner(given));
      const isMet = meets(question, back);
      expect(isMet, said()).toBe(meets({ ...question, ...named }, given));
      if (isMet) allowed += 1;
    }
  }
}

function inNames(claims: Claims, wordFor: (word: string) => string): Claims {
  const named = Object.entries(claims).map(([name, value]) => {
    if (name === 'iss' || (typeof value !== 'string' && !Array.isArray(value))) return [name, value];
    const one = (text: unknown) => (typeof text === 'string' ? withWords(text, wordFor) : text);
    return [name, Array.isArray(value) ? value.map(one) : one(value)];
  });
  return Object.fromEntries(named);
}

/** Whether a token is as a question says, by the evaluator of conditions. */
function meets({ scope, allow, deny }: Pick<Grant, 'scope' | 'allow' | 'deny'>, claims: Claims): boolean {
  const context = new Map(scope.constants);
  for (const { key } of [...allow, ...deny.flat()]) {
    const claim = scope.claimsOf(key.toLowerCase())?.find((one) => claims[one] !== undefined);
    if (claim !== undefined) context.set(key.toLowerCase(), [claims[claim]].flat().map(String));
  }
  const all = (some: readonly (typeof allow)[number][]) =>
    some.every((one) => holds(one, context, scope.knowsVariables));
  return all(allow) && !deny.some(all);
}
