import { describe, expect, it } from 'vitest';
import { rules, sarif } from './finding.ts';
import { credentialLists, trustPolicies } from './lint.corpus.ts';
import { lintTrustPolicy } from './lint-aws.ts';
import { lintFederatedCredentials } from './lint-entra.ts';

describe('trust policies as they occur', () => {
  it('are at least 40', () => expect(trustPolicies.length).toBeGreaterThanOrEqual(40));

  it.each(trustPolicies)('$title', ({ document, findings }) => {
    expect(ids(lintTrustPolicy(document))).toEqual([...findings].sort());
  });
});

describe('lists of federated credentials', () => {
  it.each(credentialLists)('$title', ({ document, findings }) => {
    expect(ids(lintFederatedCredentials(document as unknown[]))).toEqual([...findings].sort());
  });
});

it('every rule is found in the corpus', () => {
  const found = [...trustPolicies, ...credentialLists].flatMap(({ findings }) => findings);
  expect(Object.keys(rules).filter((rule) => !found.includes(rule as never))).toEqual([]);
});

it('SARIF names each rule once and points each result at it', () => {
  const findings = lintTrustPolicy(trustPolicies.at(-1)?.document).concat(
    trustPolicies.flatMap(({ document }) => lintTrustPolicy(document)),
  );
  const [run] = sarif(findings, 'trust.json', () => 3).runs;
  const described = run?.tool.driver.rules.map(({ id }) => id) ?? [];
  expect(new Set(described).size).toBe(described.length);
  for (const { ruleId, ruleIndex } of run?.results ?? []) expect(described[ruleIndex]).toBe(ruleId);
  expect(run?.results).toHaveLength(findings.length);
});

const ids = (findings: readonly { readonly rule: string }[]) => findings.map(({ rule }) => rule).sort();
