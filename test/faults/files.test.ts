import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { writeFigures } from '../bench/pages.ts';
import { root } from '../harness/process.ts';
import { sampled } from '../harness/sampled.ts';
import { fileCells } from './file-cells.ts';
import { fileMarkdown } from './file-table.ts';
import type { PlayedFile } from './judge-cell.ts';

const canMount =
  spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).status === 0 && process.getuid?.() === 0;

it('every place that a step writes to × everything that can be wrong with it: one error, nothing half delivered, all the rest cleaned up', async ({
  skip,
}) => {
  const script = [process.execPath, join(import.meta.dirname, 'play-files.ts')];
  const [program = '', ...args] = canMount ? ['unshare', '-m', ...script, 'mount'] : script;
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 64_000_000 });
  const all = new Map(JSON.parse(stdout) as [number, PlayedFile | { readonly skipped: string }][]);
  const cells = sampled(fileCells);
  expect(all.size).toBe(cells.length);
  const skipped = new Set<string>();
  const wrong: string[] = [];
  for (const [index, { platform, delivery, place, fault, phase }] of cells.entries()) {
    const one = all.get(index);
    const title = `${platform}, ${delivery.step}, ${delivery.title}, ${place} ${fault.title}, ${phase}`;
    if (one && 'skipped' in one) skipped.add(one.skipped);
    else wrong.push(...(one?.wrong ?? []).map((what) => `${title}: ${what}`));
  }
  expect(wrong).toEqual([]);
  const table = fileMarkdown(fileCells);
  if (process.env.UPDATE_DOCS) writeFigures('reliability.md', 'files', table);
  expect(readFileSync(join(root, 'docs', 'reliability.md'), 'utf8')).toContain(table);
  if (skipped.size > 0) skip(`some cells: ${[...skipped].join('; ')}`);
});
