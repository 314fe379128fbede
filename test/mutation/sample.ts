import { createHash } from 'node:crypto';

/** As Stryker gives it to a checker. Source: `@stryker-mutator/api/check`. */
interface Mutant {
  readonly id: string;
  readonly fileName: string;
  readonly location: object;
  readonly replacement: string;
}

/** What became of them. Source: `mutation-testing-report-schema`. */
interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>;
}

const { SAMPLE, SEED = '1' } = process.env;

/** Lets as many mutants be tried as SAMPLE says, chosen at random by SEED. */
class Sample {
  #chosen = new Set<string>();

  async init(): Promise<void> {}

  /** Is given all mutants at once: those that no test goes through too, but not those that run once, when a module is loaded. */
  async group(mutants: readonly Mutant[]): Promise<string[][]> {
    const ranked = mutants.map((mutant) => ({ id: mutant.id, rank: rank(mutant) }));
    const ids = ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ id }) => id);
    this.#chosen = new Set(ids.slice(0, Number(SAMPLE)));
    return [ids];
  }

  async check(mutants: readonly Mutant[]): Promise<Record<string, object>> {
    const verdict = ({ id }: Mutant) =>
      this.#chosen.has(id) ? { status: 'passed' } : { status: 'compileError', reason: 'not in the sample' };
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, verdict(mutant)]));
  }
}

/** The same for the same place, wherever the sources are. */
export function rank({ fileName, location, replacement }: Omit<Mutant, 'id'>): string {
  const place = [SEED, fileName.slice(fileName.lastIndexOf('packages/')), location, replacement];
  return createHash('sha256').update(JSON.stringify(place)).digest('hex');
}

/** Tells the share of changes that tests found, package by package, and of a sample how far off that may be. */
class Scores {
  onMutationTestReportReady({ files }: Report): void {
    const statuses = new Map<string, string[]>();
    for (const [file, { mutants }] of Object.entries(files)) {
      const [, name = ''] = file.split('/');
      statuses.set(name, [...(statuses.get(name) ?? []), ...mutants.map(({ status }) => status)]);
    }
    for (const [name, all] of statuses) {
      const count = (...kinds: readonly string[]) => all.filter((status) => kinds.includes(status)).length;
      const found = count('Killed', 'Timeout');
      const tried = found + count('Survived', 'NoCoverage');
      const share = found / tried;
      const error = SAMPLE ? `, ± ${percent(Math.sqrt((share * (1 - share)) / tried))}` : '';
      const places = tried + count('CompileError');
      console.log(`${name}: ${found} of ${tried} found, ${percent(share)}${error}; of ${places} places, seed ${SEED}`);
    }
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

export const strykerPlugins = [
  { kind: 'Checker', name: 'sample', injectableClass: Sample },
  { kind: 'Reporter', name: 'scores', injectableClass: Scores },
];
