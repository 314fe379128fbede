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
  const known = tried.get(group) ?? new Set(sampled(group.tasks.filter(({ each }) => each)));
  tried.set(group, known);
  return known.has(task);
}
