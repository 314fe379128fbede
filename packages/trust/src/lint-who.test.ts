import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampledCount } from '../../../test/harness/sampled.ts';
import { keys, of, ofHub } from './corpus/sample.corpus.ts';
import { readFederatedCredential } from './federated-credential.ts';
import { credentialLists, trustPolicies } from './lint.corpus.ts';
import { lintTrustPolicy } from './lint-aws.ts';
import { lintFederatedCredentials } from './lint-entra.ts';
import { MalformedPolicyError, parseTrustPolicy } from './policy.ts';
import { type Admitted, isUnbounded } from './who/admitted.ts';
import { farthest } from './who/sentence.ts';
import { whoAssumes, whoPresents } from './who/who.ts';

const now = 1_790_000_000;

/** Rules by which somebody whom nothing names is allowed, or by which nobody looked. */
const ofStrangers =
  /\/(any-owner|any-caller|wildcard-owner|wildcard-workflow|no-sub|negated-sub|entra-issuer-no-sub|any-account|any-user|guests|wildcard-principal)$|^not-decided$/;

/** What who knows less of than lint: which organization the role is of. */
const knownBetter = ['every account of the organization that the role is of'];

function whoOf(document: unknown): readonly Admitted[] | undefined {
  try {
    return whoAssumes(parseTrustPolicy(document), [], now);
  } catch (error) {
    if (error instanceof MalformedPolicyError) return undefined;
    throw error;
  }
}

function expectToAgree(document: unknown, who: readonly Admitted[], rules: readonly string[]): void {
  const isOfStrangers = rules.some((rule) => ofStrangers.test(rule));
  const said = JSON.stringify([document, rules]);
  if (isUnbounded(farthest(who))) expect(isOfStrangers, said).toBe(true);
  if (farthest(who) === 'nobody') expect(isOfStrangers && !rules.includes('aws/wildcard-principal'), said).toBe(false);
}

describe('lint and who', () => {
  it.each(trustPolicies.filter(({ title }) => !knownBetter.includes(title)))('agree on $title', ({ document }) => {
    const who = whoOf(document);
    if (who)
      expectToAgree(
        document,
        who,
        lintTrustPolicy(document, now).map(({ rule }) => rule),
      );
  });

  it.each(credentialLists)('agree on $title', ({ document }) => {
    const all = document as unknown[];
    const credentials = all.flatMap((one) => readFederatedCredential(one) ?? []);
    // A credential that cannot be taken is none to lint, whatever its subject is.
    const rules = lintFederatedCredentials(all).map(({ rule }) => rule);
    if (!rules.includes('entra/malformed')) expectToAgree(document, whoPresents(credentials, [], now), rules);
  });

  const piece = fc.constantFrom(
    ...['*', '?', 'repo:', 'octo', 'app', '/', '@', '65001', '724113', ':', 'ref:refs/heads/', 'main', 'pull_request'],
    ...['environment:', 'prod', 'repository_owner:', 'repository_id:', 'job_workflow_ref:', 'octo/flows/x.yml@main'],
  );
  const pattern = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(''));

  it('agree on what nobody has written yet', () => {
    const claims = fc.record(
      { sub: pattern, repository: pattern, ref: pattern, environment: pattern, job_workflow_ref: pattern },
      { requiredKeys: [] },
    );
    const ids = fc.record({ repository_id: fc.constant('724113'), actor: fc.constant('octo') }, { requiredKeys: [] });
    fc.assert(
      fc.property(claims, ids, (like, equal) => {
        const document = ofHub(equal, like);
        expectToAgree(
          document,
          whoOf(document) ?? [],
          lintTrustPolicy(document, now).map(({ rule }) => rule),
        );
      }),
      { numRuns: sampledCount(150) },
    );
  });

  it('agree that it cannot be decided where lint alone has the patience', () => {
    const like = {
      sub: 'job_workflow_ref:65001apppull_request*65001environment:',
      repository: '?',
      ref: '*',
      job_workflow_ref: '**?repository_id:ref:refs/heads/repository_owner:*',
    };
    const document = ofHub({ repository_id: '724113', actor: 'octo' }, like);
    expect(lintTrustPolicy(document).map(({ rule }) => rule)).toEqual(['not-decided']);
    expect(farthest(whoOf(document) ?? [])).toBe('any account');
  });

  it('agree that a key with a scheme is filled by nobody', () => {
    const hub = 'token.actions.githubusercontent.com';
    for (const prefix of ['https://', 'http://']) {
      const document = of(`${hub}`, 'sts.amazonaws.com', {});
      const condition = { StringEquals: keys(`${prefix}${hub}`, { sub: 'repo:octo/app:pull_request' }) };
      const [statement] = (document as { Statement: object[] }).Statement;
      const policy = { ...document, Statement: [{ ...statement, Condition: condition }] };
      expect(lintTrustPolicy(policy).map(({ rule }) => rule)).toEqual(['aws/foreign-key']);
      expect(farthest(whoOf(policy) ?? [])).toBe('nobody');
    }
  });
});
