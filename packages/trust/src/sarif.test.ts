import { describe, expect, it } from 'vitest';
import { sampled } from '../../../test/harness/sampled.ts';
import { finding } from './finding.ts';
import { trustPolicies } from './lint.corpus.ts';
import { lintTrustPolicy } from './lint-aws.ts';
import { lintFederatedCredentials } from './lint-entra.ts';
import { sarif } from './sarif.ts';

const place = { file: 'trust.json', document: '', line: 3, column: 1 };

it('SARIF names each rule once, points each result at it, and has the worst first', () => {
  const findings = sampled(trustPolicies).flatMap(({ document }) => lintTrustPolicy(document));
  const [run] = sarif(findings.map((one) => ({ ...one, ...place }))).runs;
  const described = run?.tool.driver.rules.map(({ id }) => id) ?? [];
  expect(new Set(described).size).toBe(described.length);
  for (const { ruleId, ruleIndex } of run?.results ?? []) expect(described[ruleIndex]).toBe(ruleId);
  expect(run?.results).toHaveLength(findings.length);
  const levels = run?.results.map(({ level }) => level) ?? [];
  expect(levels).toEqual(['error', 'warning', 'note'].flatMap((level) => levels.filter((one) => one === level)));
});

it('SARIF, exactly', () => {
  const findings = lintFederatedCredentials([{ name: 'main', issuer: 'https://i', subject: '*', audiences: ['x'] }]);
  const fix =
    'Entra compares a subject exactly, so that * is a letter: write a credential for each subject, or a flexible one, whose claimsMatchingExpression has an operator for patterns, matches.';
  expect(
    sarif(findings.map((one) => ({ ...one, file: 'my trust.json', document: 'Resources.Role', line: 7, column: 5 }))),
  ).toEqual({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'fedbridge',
            rules: [
              {
                id: 'entra/pattern',
                shortDescription: { text: 'A wildcard in a subject' },
                fullDescription: { text: `A wildcard in a subject. ${fix}` },
                help: { text: fix, markdown: `**A wildcard in a subject.** ${fix.replaceAll('*', '\\*')}` },
                defaultConfiguration: { level: 'error' },
                properties: {
                  ...{ tags: ['security'], precision: 'high', 'problem.severity': 'error' },
                  'security-severity': '8.0',
                },
              },
            ],
          },
        },
        results: [
          {
            ruleId: 'entra/pattern',
            ruleIndex: 0,
            level: 'error',
            message: { text: `The subject is *. ${fix}` },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: 'my%20trust.json' },
                  region: { startLine: 7, startColumn: 5 },
                },
                logicalLocations: [{ fullyQualifiedName: 'Resources.Role main' }],
              },
            ],
            partialFingerprints: { 'fedbridge/v1': '18b32cc76749fcdf' },
          },
        ],
      },
    ],
  });
});

it('SARIF tells results apart by what they say, and not by the line', () => {
  const at = (line: number, where: string) =>
    sarif([{ ...finding('entra/pattern', where, 'The subject is *.'), file: 'a.json', document: '', line, column: 1 }])
      .runs[0]?.results[0]?.partialFingerprints['fedbridge/v1'];
  expect(at(1, 'main')).toBe(at(7, 'main'));
  expect(at(1, 'main')).not.toBe(at(1, 'prod'));
});

it('SARIF has as many results as code scanning takes, and says how many it left out', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ ...finding('aws/string-like', `${index}`, 'x'), ...place }));
  const worst = { ...finding('aws/no-sub', 'worst', 'x'), ...place };
  const [whole] = sarif(many(25_000)).runs;
  expect(whole).not.toHaveProperty('invocations');
  const [run] = sarif([...many(25_001), worst]).runs;
  expect(run?.results).toHaveLength(25_000);
  expect(run?.results[0]?.ruleId).toBe('aws/no-sub');
  expect(run?.invocations?.[0]?.toolExecutionNotifications[0]?.message.text).toContain('2 more were left out');
});

describe('the address of a file in SARIF', () => {
  it.each([
    ['plans/a b.json', 'plans/a%20b.json'],
    ['plans\\a.json', 'plans/a.json'],
    ['/srv/a#b?.json', '/srv/a%23b%3F.json'],
    ['C:\\plans\\a.json', 'file:///C:/plans/a.json'],
    ['a:b.json', 'a%3Ab.json'],
    ['\ud800.json', '%EF%BF%BD.json'],
  ])('%s', (file, uri) => {
    const [run] = sarif([{ ...finding('aws/no-sub', '', 'x'), ...place, file }]).runs;
    expect(run?.results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe(uri);
  });
});
