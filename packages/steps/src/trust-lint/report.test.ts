import { fileFinding, mostRows } from '@fedbridge/trust-files';
import { expect, it } from 'vitest';
import { notLookedAt, reportOf, sentenceFor } from './report.ts';

const finding = (index: number, rule: 'read/not-read' | 'diff/not-compared' = 'diff/not-compared') =>
  fileFinding({ rule, severity: 'error', message: `What ${index} is.`, file: `${index}.json` });
const found = (count: number) => ({
  findings: Array.from({ length: count }, (_, index) => finding(index)),
  documents: 3,
  comparison: undefined,
});

it('a report has as many rows as a page holds, and says how many more there are', () => {
  const all = reportOf(found(mostRows));
  expect(all).toContain(`What ${mostRows - 1} is.`);
  expect(all).not.toContain('more.');
  const some = reportOf(found(mostRows + 2));
  expect(some).not.toContain(`What ${mostRows} is.`);
  expect(some).toContain('And 2 more.');
});

it('a sentence counts what was found, and each file of which nothing was checked once', () => {
  expect(sentenceFor(found(0))).toBe('No problems found in 3 documents.');
  const findings = [finding(1, 'read/not-read'), finding(1, 'read/not-read'), finding(2)];
  expect(notLookedAt(findings)).toEqual(['1.json']);
  expect(sentenceFor({ ...found(0), findings })).toBe('3 errors in 3 documents. Not looked at: 1 file.');
});
