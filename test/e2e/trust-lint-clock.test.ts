/**
 * Tests as well:
 * - packages/trust/src/lint-nobody.ts
 */

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, it } from 'vitest';
import { runCommand } from '../harness/cli.ts';
import { writeFiles } from '../harness/pull-request.ts';
import { platforms, trustLintStep, trustOf } from '../harness/trust-lint.ts';

// The clock is the machine's own: it is long past one of them, and far before the other.
const dates = { past: '2001-09-09T01:46:40Z', ahead: '2999-01-01T00:00:00Z' };
const seconds = (date: string) => String(Date.parse(date) / 1000);

type Rules = readonly string[];

/** Conditions on the clock, and what is found where they are of a statement that allows, and of one that denies. */
const conditions: Readonly<Record<string, readonly [condition: object, allowing: Rules, denying: Rules]>> = {
  'until-past': [{ DateLessThan: { 'aws:CurrentTime': dates.past } }, ['aws/expired'], ['aws/expired-denial']],
  'until-past-in-seconds': [
    { NumericLessThanEquals: { 'aws:EpochTime': seconds(dates.past) } },
    ['aws/expired'],
    ['aws/expired-denial'],
  ],
  'until-past-though-missing': [
    { DateLessThanIfExists: { 'aws:CurrentTime': dates.past } },
    ['aws/expired'],
    ['aws/expired-denial'],
  ],
  'until-ahead': [{ DateLessThan: { 'aws:CurrentTime': dates.ahead } }, [], []],
  'until-ahead-in-seconds': [{ NumericLessThanEquals: { 'aws:EpochTime': seconds(dates.ahead) } }, [], []],
  // Whoever was allowed before is denied ever since.
  'from-past': [{ DateGreaterThan: { 'aws:CurrentTime': dates.past } }, [], ['aws/expired']],
  'from-ahead': [{ DateGreaterThan: { 'aws:CurrentTime': dates.ahead } }, [], []],
  'between-both': [
    {
      DateGreaterThan: { 'aws:CurrentTime': dates.past },
      NumericLessThan: { 'aws:EpochTime': seconds(dates.ahead) },
    },
    [],
    [],
  ],
};

const narrow = JSON.parse(trustOf('repo:octo@65001/app@724113:ref:refs/heads/main'));
const [statement] = narrow.Statement;
const documents = Object.entries(conditions).flatMap(([name, [condition, allowing, denying]]) => {
  const allow = { ...statement, Condition: { ...statement.Condition, ...condition } };
  const deny = { ...statement, Effect: 'Deny', Condition: condition };
  return [
    { file: `allow-${name}.json`, statements: [allow], rules: allowing },
    { file: `deny-${name}.json`, statements: [statement, deny], rules: denying },
  ];
});
const folder = mkdtempSync(join(tmpdir(), 'clock-'));
writeFiles(
  folder,
  Object.fromEntries(
    documents.map(({ file, statements }) => [file, JSON.stringify({ ...narrow, Statement: statements })]),
  ),
);

const expected = Object.fromEntries(documents.map(({ file, rules }) => [file, rules]));
/** The rules about the clock that each file breaks. */
function found(all: readonly { readonly rule: string; readonly file: string }[]) {
  const ofClock = all.filter(({ rule }) => /expired/.test(rule));
  return Object.fromEntries(
    documents.map(({ file }) => [file, ofClock.filter((one) => basename(one.file) === file).map(({ rule }) => rule)]),
  );
}

describe('what has expired is found by the clock of the machine', () => {
  it.concurrent('fedbridge trust lint', async ({ expect }) => {
    const { stdout, exitCode } = await runCommand(['trust', 'lint', '--json', '.'], {}, folder);
    expect(found(JSON.parse(stdout))).toEqual(expected);
    expect(exitCode).toBe(3);
  });

  it.concurrent.for(platforms)('the step on %s', async (platform, { expect }) => {
    const environment = {
      github: { GITHUB_WORKSPACE: folder },
      'azure-pipelines': { SYSTEM_DEFAULTWORKINGDIRECTORY: folder },
    };
    const { error, outputs } = await trustLintStep(platform, environment, {}).run();
    // A denial that has expired is a warning.
    expect(error).toContain('[CHECK_FAILED]');
    const sarif = JSON.parse(readFileSync(outputs['sarif-file'] ?? outputs.sarifFile ?? '', 'utf8'));
    const results = sarif.runs[0].results as readonly {
      readonly ruleId: string;
      readonly locations: readonly {
        readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
      }[];
    }[];
    expect(
      found(
        results.map(({ ruleId, locations }) => ({
          rule: ruleId,
          file: locations[0]?.physicalLocation.artifactLocation.uri ?? '',
        })),
      ),
    ).toEqual(expected);
  });
});
