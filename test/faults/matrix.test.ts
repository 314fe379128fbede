import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeFigures } from '../bench/pages.ts';
import { root } from '../harness/process.ts';
import { isSampled, sampled } from '../harness/sampled.ts';
import { type Cell, cells, markdown, type Played, Stage } from './matrix.ts';

const stages = 6;

it('every outbound request × every fault ends well, or within the time-out and with the right code', async () => {
  const left = [...sampled(cells)];
  const outcomes = new Map<Cell, string>();
  const wrong: string[] = [];
  await Promise.all(
    Array.from({ length: stages }, async () => {
      await using stage = await Stage.open();
      for (let cell = left.shift(); cell; cell = left.shift()) {
        const played = await stage.play(cell);
        outcomes.set(cell, played.outcome);
        wrong.push(...judge(cell, played, stage));
      }
    }),
  );
  expect(wrong).toEqual([]);
  if (isSampled) return;
  // In the order of the matrix, whatever ended first.
  const table = markdown(new Map(cells.map((cell) => [cell, outcomes.get(cell) ?? ''])));
  console.log(table);
  if (process.env.UPDATE_DOCS) writeFigures('reliability.md', 'faults', table);
  expect(readFileSync(join(root, 'docs', 'reliability.md'), 'utf8')).toContain(table);
});

function judge({ fault, target, mode }: Cell, { outcome, ms, run, files }: Played, { emulator }: Stage): string[] {
  const wanted = (mode === 'once' ? fault.once : undefined) ?? fault.always;
  const name = `${target.title}, ${fault.title}, ${mode}`;
  const secrets = emulator.secrets().filter((secret) => run.visible.includes(secret) || run.error?.includes(secret));
  // One that waited for an answer would take a minute and more; Node's own start is long on a busy machine.
  const isLate = fault.always.includes('HTTP_TIMEOUT') && ms > 50_000;
  return [
    ...(wanted === outcome || wanted.includes(outcome) ? [] : [`${name}: ${outcome}, not ${wanted}`]),
    ...(outcome !== 'ok' && files.length > 0 ? [`${name}: leaves ${files.join()}`] : []),
    ...(outcome !== 'ok' && Object.keys(run.exported).length > 0 ? [`${name}: exports something`] : []),
    ...(secrets.length > 0 ? [`${name}: shows a secret`] : []),
    ...(isLate ? [`${name}: took ${Math.round(ms)} ms`] : []),
  ];
}
