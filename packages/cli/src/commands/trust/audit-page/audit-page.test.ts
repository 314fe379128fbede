import type { Audit } from '@fedbridge/trust';
import { expect, it } from 'vitest';
import { auditPage } from './audit-page.ts';

const nothing: Audit = { entries: [], findings: [], gaps: [], endings: [], areClientIdsUnused: false };
const gap = { rule: 'read/not-read', severity: 'error', message: 'No.', where: '', document: '' } as const;

function pageOf(more: { readonly sources?: readonly string[]; readonly mine?: readonly string[] }, audit = nothing) {
  const of = {
    summary: 'Nobody is allowed.',
    sources: [],
    mine: [],
    now: 1_795_000_000,
    isBeyond: () => false,
    ...more,
  };
  return auditPage(audit, of);
}
const files = (count: number) => Array.from({ length: count }, (_, index) => `file-${index}.json`);

it('a page names what it is of: 20 files, and how many more there are', () => {
  const whole = pageOf({ sources: files(20) });
  expect(whole).toContain('<dt>Of</dt><dd><code>file-0.json</code> ');
  expect(whole).toContain('<code>file-19.json</code> </dd>');
  const more = pageOf({ sources: files(23) });
  expect(more).toContain('<code>file-19.json</code> and 3 more</dd>');
  expect(more).not.toContain('file-20.json');
});

it('a page says when it was made, and whose accounts are ours, or how that is said', () => {
  const made = '<time datetime="2026-11-18T11:06:40.000Z">2026-11-18 11:06 UTC</time>';
  const named = pageOf({ mine: ['github:octo', 'aws:123456789012'] });
  expect(named).toContain(made);
  expect(named).toContain('<dd><code>github:octo</code> <code>aws:123456789012</code> </dd>');
  expect(pageOf({})).toContain('<dd>not named: --mine says who is</dd>');
});

it('a page says that something was not read, and only then', () => {
  const gaps = [{ ...gap, file: 'a.json', line: 1, column: 1 }];
  expect(pageOf({}, { ...nothing, gaps })).toContain('Of what was not read nothing is known');
  expect(pageOf({})).not.toContain('Of what was not read nothing is known');
});
