/**
 * Of the many tests that one `each` makes, `pnpm test` tries some, and every other one of many that stand in a row, the same each time and
 * spread over all; `pnpm test:all`, which CI runs, tries every one, and so does a run of files that are named.
 */
import { beforeEach, type RunnerTask, type RunnerTestSuite } from 'vitest';
import { isSampled, sampled } from './sampled.ts';

/** Fewer tests in a row are all tried: some go on from what the one before has left. */
const few = 8;

if (isSampled)
  beforeEach(({ task, skip }) => {
    for (let one: RunnerTask | undefined = task; one; one = one.suite) if (!isTried(one)) skip();
  });

const tried = new WeakMap<object, ReadonlySet<RunnerTask>>();

function isTried(task: RunnerTask): boolean {
  const group: RunnerTestSuite = task.suite ?? task.file;
  const known = tried.get(group) ?? new Set(rowsOf(group).flatMap(some));
  tried.set(group, known);
  return known.has(task);
}

function some(row: readonly RunnerTask[]): readonly RunnerTask[] {
  if (row[0]?.each) return sampled(row);
  return row[0]?.type === 'test' && row.length > few ? sampled(row, 1 / 2) : row;
}

/** Tests and suites that follow each other and are of a kind. */
function rowsOf({ tasks }: RunnerTestSuite): readonly (readonly RunnerTask[])[] {
  const kindOf = ({ each, type }: RunnerTask) => `${each ?? false} ${type}`;
  const rows: RunnerTask[][] = [];
  for (const task of tasks) {
    const row = rows.at(-1);
    if (row?.[0] && kindOf(row[0]) === kindOf(task)) row.push(task);
    else rows.push([task]);
  }
  return rows;
}
