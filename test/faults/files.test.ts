import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { writeFigures } from '../bench/pages.ts';
import { root } from '../harness/process.ts';
import { type FileCell, fileCells, fileMarkdown, type PlayedFile } from './files.ts';

const canMount =
  spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).status === 0 && process.getuid?.() === 0;

it('every place that a step writes to × everything that can be wrong with it: one error, nothing half delivered, all the rest cleaned up', async ({
  skip,
}) => {
  const script = [process.execPath, join(import.meta.dirname, 'play-files.ts')];
  const [program = '', ...args] = canMount ? ['unshare', '-m', ...script, 'mount'] : script;
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 64_000_000 });
  const all = new Map(JSON.parse(stdout) as [number, PlayedFile | { readonly skipped: string }][]);
  const played = new Map<FileCell, PlayedFile>();
  const skipped = new Set<string>();
  for (const [index, cell] of fileCells.entries()) {
    const one = all.get(index);
    if (one && 'skipped' in one) skipped.add(one.skipped);
    else if (one) played.set(cell, one);
  }
  const wrong = [...played].flatMap(([{ platform, delivery, place, fault, phase }, one]) =>
    one.wrong.map((what) => `${platform}, ${delivery}, ${place} ${fault.title}, ${phase}: ${what}`),
  );
  expect(wrong).toEqual([]);
  if (skipped.size > 0) skip(`some cells: ${[...skipped].join('; ')}`);
  const table = fileMarkdown(played);
  if (process.env.UPDATE_DOCS) writeFigures('reliability.md', 'files', table);
  expect(readFileSync(join(root, 'docs', 'reliability.md'), 'utf8')).toContain(table);
}, 600_000);
