import { glob, readFile } from 'node:fs/promises';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { rank } from './sample.ts';

/**
 * So many of the places that can be changed, by their rank, as Stryker's `mutate` has them: `packages/core/src/system.ts:10:4-10:9`. Code that
 * has all its changes in it is many times as slow as it is without.
 */
export async function firstPlaces(sources: readonly string[], count: number): Promise<string[]> {
  const exclude = sources.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const files: { name: string; mutate: boolean; content: string }[] = [];
  for await (const name of glob(
    sources.filter((pattern) => !pattern.startsWith('!')),
    { exclude },
  )) {
    files.push({ name, mutate: true, content: await readFile(name, 'utf8') });
  }
  const silent = Object.fromEntries(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].map((level) => [level, () => {}]),
  );
  const logger = { ...silent, isDebugEnabled: () => false } as unknown as ConstructorParameters<typeof Instrumenter>[0];
  const options = { plugins: null, ignorers: [], excludedMutations: [], noHeader: true };
  const { mutants } = await new Instrumenter(logger).instrument(files, options);
  const ranked = mutants.map((mutant) => ({ mutant, rank: rank(mutant) })).sort((a, b) => (a.rank < b.rank ? -1 : 1));
  return ranked.slice(0, count).map(({ mutant: { fileName, location } }) => {
    const { start, end } = location;
    return `${fileName}:${start.line + 1}:${start.column}-${end.line + 1}:${end.column}`;
  });
}
