/** Whether a run tries a sample of what is many: vitest.config.ts says so. */
export const isSampled = process.env.TEST_SAMPLE !== undefined;

/** The golden ratio's: steps of it fall into no pattern of a table's rows and columns. */
const step = (Math.sqrt(5) - 1) / 2;

/**
 * All of some cases, or in a sample a share of them and at least two, the first among them: the same each time.
 *
 * @param part - how much of them; a tenth by default
 */
export function sampled<T>(all: readonly T[], part = 1 / 10): readonly T[] {
  if (!isSampled) return all;
  const share = Math.max(part, 2 / all.length);
  return all.filter((_, index) => (index * step) % 1 < share);
}

/** As many cases of a property as a run tries. */
export const sampledCount = (all: number): number => (isSampled ? Math.ceil(all / 20) : all);
