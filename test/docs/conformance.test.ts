import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tables } from '../conformance/all-rows.ts';
import { type Source, sources } from '../conformance/sources.ts';

const rows = tables.flatMap((table) => table.rows);

/** A table of Markdown, its columns as wide as their widest cell, as the formatter has it. */
function table(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = lines;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...body.map(line)].join('\n');
}

const counts = table([
  ['answers', 'how many', 'who is held to them'],
  ...tables.map(({ of, rows: some, held }) => [of, String(some.length), held.join(', ')]),
  ['all', String(rows.length), ''],
]);
const cited = table([
  ['source', 'kind', 'day'],
  ...Object.values<Source>(sources).map(({ title, url, day, kind, fromMemory }) => [
    `[${title}](${url})`,
    `${kind}${fromMemory ? ', from memory' : ''}`,
    day,
  ]),
]);

it('docs/conformance.md counts the answers as they are, and names each source', async () => {
  const page = join(import.meta.dirname, '../../docs/conformance.md');
  const written = [counts, cited];
  const withTables = readFileSync(page, 'utf8').replace(/(?:^\|.*\n)+/gm, () => `${written.shift()}\n`);
  expect(written).toEqual([]);
  await expect(withTables).toMatchFileSnapshot(page);
});

describe('the answers of the outside', () => {
  it('are at least 120', () => expect(rows.length).toBeGreaterThanOrEqual(120));

  it('stand once in their table', () => {
    for (const { rows: some } of tables) expect(new Set(some.map(({ name }) => name)).size).toBe(some.length);
  });

  it.each(Object.keys(sources))('%s is the source of some', (source) => {
    expect(rows.some((row) => row.source === source)).toBe(true);
  });
});
