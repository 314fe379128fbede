import type { Admitted } from '@fedbridge/trust';
import { type AccessChange, accessChange, headingsOf } from '@fedbridge/trust-files';
import { ownersIn } from './mine.ts';
import { alone, type Problem, problemOf, read } from './source.ts';

/** Two states of the same documents. */
export interface CompareQuestion {
  readonly before: string;
  readonly after: string;
  /** Who is ours, between commas. */
  readonly mine: string;
  /** Seconds since 1970-01-01 UTC. */
  readonly now: number;
}

/** Who is newly allowed, and who no more. */
export interface Compared {
  readonly mineProblem?: string | undefined;
  readonly beforeProblem?: Problem | undefined;
  readonly afterProblem?: Problem | undefined;
  /** Undefined where one of the two is not read. */
  readonly change?: Change | undefined;
}

interface Change {
  readonly headings: ReturnType<typeof headingsOf>;
  readonly gained: readonly Admitted[];
  readonly lost: readonly Admitted[];
  /** Of documents that cannot be compared. */
  readonly problems: readonly Problem[];
}

/** Who is allowed by a text and was not by another, and who no longer is. Before there was a document, nobody was. */
export async function compare({ before, after, mine: owners, now }: CompareQuestion): Promise<Compared> {
  const { mine, problem: mineProblem } = ownersIn(owners);
  const [old, fresh] = [await read(before), await read(after)];
  const problems = { mineProblem, beforeProblem: old.problem, afterProblem: fresh.problem };
  if (old.problem || fresh.problem) return problems;
  const change = accessChange(alone(old.documents), alone(fresh.documents), { mine, now });
  return {
    ...problems,
    change: {
      headings: headingsOf(change),
      gained: placed(change.gained),
      lost: placed(change.lost),
      problems: change.notCompared.map(({ error }) => problemOf(error)),
    },
  };
}

function placed(all: AccessChange['gained']): readonly Admitted[] {
  return all.map(({ place, admitted }) => ({
    ...admitted,
    where: [place.replace(/^text ?/, ''), admitted.where].filter(Boolean).join(' '),
  }));
}
