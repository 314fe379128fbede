import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cases, profileNames, profileOf } from '@fedbridge/conformance';
import { describe, expect, it } from 'vitest';
import { root } from '../harness/process.ts';

const page = readFileSync(join(root, 'docs', 'conformance-suite.md'), 'utf8');
const index = readFileSync(join(root, 'llms.txt'), 'utf8');
const ids = (text: string) => [...text.matchAll(/[a-z]+\/[a-z0-9-]+(?=: (?:accepted|refused)$)/gm)].map(([id]) => id);

describe('docs/conformance-suite.md', () => {
  it('counts the cases as they are', () => {
    expect([page, index].map((text) => /\b(\d+) cases\b/.exec(text)?.[1])).toEqual([
      String(cases.length),
      String(cases.length),
    ]);
  });

  it.each(profileNames)('has a row of %s', async (name) => {
    const { title } = await profileOf(name);
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` +\\| ${title}`, 'm'));
  });

  it('tells all that Vault decides otherwise', () => {
    const found = ids(readFileSync(join(root, 'test', 'interop', 'vault', 'conformance.txt'), 'utf8'));
    expect(found.length).toBeGreaterThan(5);
    const told = [...page.matchAll(/`([a-z]+\/[a-z0-9-]+)`/g)].map(([, id]) => id);
    expect(found.filter((id) => !told.includes(id))).toEqual([]);
    expect(told.filter((id) => !cases.some((one) => one.id === id))).toEqual([]);
  });
});
