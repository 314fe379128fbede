import type { Decision, Group } from './cases/case.ts';
import type { Platform } from './cases/trusts.ts';
import type { ProfileName } from './profiles/names.ts';
import type { Documented } from './profiles/profile.ts';

/** What became of a case. `as documented`: otherwise, and the server's documents say so. */
export type Outcome = 'as expected' | 'as documented' | 'otherwise' | 'not tried';

/** A case with what a server decided. */
export interface CaseResult {
  readonly id: string;
  readonly group: Group;
  readonly platform: Platform;
  readonly expected: Decision;
  readonly why: string;
  readonly source: string;
  readonly outcome: Outcome;
  /** Null where it was not tried. */
  readonly decided: Decision | null;
  /** The server's words, or why it was not tried. */
  readonly said: string;
  readonly documented: Documented | null;
  /** Whether it asked the issuer that nobody trusts for something, as a token that it did not verify said. */
  readonly fetched: boolean;
}

/** What one server decided. */
export interface ServerReport {
  readonly profile: ProfileName;
  readonly title: string;
  /** Null for one that was started for this. */
  readonly server: string | null;
  readonly results: readonly CaseResult[];
}

/** How many there are of each. */
export function countsOf({ results }: ServerReport): Readonly<Record<Outcome, number>> {
  const count = (outcome: Outcome) => results.filter((one) => one.outcome === outcome).length;
  return {
    'as expected': count('as expected'),
    'as documented': count('as documented'),
    otherwise: count('otherwise'),
    'not tried': count('not tried'),
  };
}
