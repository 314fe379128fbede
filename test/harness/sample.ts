/**
 * Of the many tests that one `each` makes, `pnpm test` tries some, the same each time and spread over all; `pnpm test:all`, which CI runs,
 * tries every one, and so does a run of files that are named.
 */
import { beforeEach, type RunnerTask, type RunnerTestSuite } from 'vitest';
import { isSampled, sampled } from './sampled.ts';

if (isSampled)
  beforeEach(({ task, skip }) => {
    for (let one: RunnerTask | undefined = task; one; one = one.suite) if (one.each && !isTried(one)) skip();
  });

const tried = new WeakMap<object, ReadonlySet<RunnerTask>>();

function isTried(task: RunnerTask): boolean {
  const group: RunnerTestSuite = task.suite ?? task.file;
  const known = tried.get(group) ?? new Set(tablesOf(group).flatMap(sampled));
  tried.set(group, known);
  return known.has(task);
}

/** What each `each` has made: tasks that follow each other. */
function tablesOf({ tasks }: RunnerTestSuite): readonly (readonly RunnerTask[])[] {
  const tables: RunnerTask[][] = [[]];
  for (const task of tasks) {
    if (task.each) tables.at(-1)?.push(task);
    else tables.push([]);
  }
  return tables;
}
