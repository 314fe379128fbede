import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cases, profileNames, profileOf } from '@fedbridge/conformance';
import { describe, expect, it } from 'vitest';
import { root } from '../harness/process.ts';

const page = readFileSync(join(root, 'docs', 'conformance-suite.md'), 'utf8');
const index = readFileSync(join(root, 'llms.txt'), 'utf8');

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

  const rows = [...page.matchAll(/^\| `([a-z]+\/[a-z0-9-]+)` +\|(.+)\|$/gm)].map(([, id = '', cells = '']) => ({
    id,
    cells: cells.split('|').map((cell) => cell.trim()),
  }));
  const column = (index: number, of: RegExp) =>
    rows.flatMap(({ id, cells }) => (of.test(cells[index] ?? '') ? [`${id}: ${cells[index]}`] : [])).sort();

  it.each([
    ['Vault', 0, 'vault', 'test/interop/vault/conformance.txt'],
    ['Kubernetes', 1, 'kubernetes', 'test/real/findings/kubernetes.txt'],
    ['Keycloak', 2, 'keycloak', 'test/real/findings/keycloak.txt'],
    ['Fulcio', 3, 'fulcio', 'test/real/findings/fulcio.txt'],
    ['step-ca', 4, 'step-ca', 'test/real/findings/step-ca.txt'],
  ] as const)('has what %s decides otherwise', async (_name, index, profile, file) => {
    const found = readFileSync(join(root, file), 'utf8').trim().split('\n');
    expect(found.length).toBeGreaterThan(5);
    expect(column(index, /accepted|refused/)).toEqual(found);
    const { documented } = await profileOf(profile);
    const ids = Object.keys(documented).map((id) => `${id}: documented`);
    expect(column(index, /documented/)).toEqual(ids.sort());
  });

  it('names cases that are there', () => {
    const told = [...page.matchAll(/`([a-z]+\/[a-z0-9-]+)`/g)].map(([, id]) => id);
    expect(told.length).toBeGreaterThan(20);
    expect(told.filter((id) => !cases.some((one) => one.id === id))).toEqual([]);
  });
});
