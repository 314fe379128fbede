import type { TokenParts } from '@fedbridge/issuers';
import type { Condition } from '../policy.ts';
import { foundWithNames, type Witness, witnessOf } from './admitted.ts';
import { patternsIn } from './parts-of-tokens.ts';
import { Answers, type Beside, type Renamed, renamed } from './renaming.ts';
import type { Grant } from './who.ts';
import { type Level, nobody, type Somebody, Width } from './width.ts';

interface Known {
  readonly beside: Beside;
  readonly answers: Answers<Width>;
}

const known = new WeakMap<TokenParts, Known>();

function knownOf(parts: TokenParts): Known {
  const of = known.get(parts) ?? {
    beside: { patterns: patternsIn(parts), texts: parts },
    answers: new Answers<Width>(),
  };
  known.set(parts, of);
  return of;
}

/** How far a way in reaches beside what it spells out: looked for once for all ways in that differ in names alone. */
export class Reached {
  readonly #grant: Grant;
  readonly #now: number;
  readonly #named: Renamed | undefined;
  readonly #width: Width;

  /** @param now - seconds since 1970-01-01 UTC */
  constructor(grant: Grant, parts: TokenParts, now: number) {
    const question = { ...grant, mine: nobody, now };
    const { answers, beside } = knownOf(parts);
    const named = renamed(question, beside);
    this.#grant = grant;
    this.#now = now;
    this.#named = named;
    this.#width = named
      ? answers.of(question, named.key, () => new Width({ ...grant, ...named }, parts, now))
      : new Width(grant, parts, now);
  }

  /** What is asked next is another question. @param most - work that may be done for it */
  renew(most: number): void {
    this.#width.renew(most);
  }

  /** What may still be done. */
  get left(): number {
    return this.#width.left;
  }

  /** Whether nobody at all is allowed. @throws TooMuchWork */
  get isOfNobody(): boolean {
    return this.#width.isOfNobody;
  }

  get tellsWorkflows(): boolean {
    return this.#width.tellsWorkflows;
  }

  get tellsBranches(): boolean {
    return this.#width.tellsBranches;
  }

  /** Somebody who is allowed. @param also - a condition that holds too @throws TooMuchWork */
  find(level: Level, also?: Condition): Somebody | undefined {
    return this.#width.find(level, also && (this.#named?.also(also) ?? also));
  }

  /** As the evaluator has it; undefined for one who is taken for allowed, since it could not be read in full. */
  witnessOf(somebody: Somebody): Witness | undefined {
    const { allow, deny } = this.#grant;
    this.#width.spend([...allow, ...deny.flat()].reduce((sum, { values }) => sum + values.length, 0));
    const found = this.#named ? foundWithNames(somebody.found, this.#named.back) : somebody.found;
    const request = this.#width.requestOf(somebody);
    const { now, ...witness } = witnessOf({ shape: somebody.shape, found }, request, this.#grant.iss, this.#now);
    return this.#grant.isAllowed(witness, now) ? witness : undefined;
  }
}
