import type { Language, TokenShape } from '@fedbridge/issuers';
import { Alphabet, charsOf, cutsOf } from './alphabet.ts';
import { cutsOfLanguage, cutsOfText } from './language.ts';
import type { Machine } from './machine.ts';
import type { Mine } from './mine.ts';
import { atomsOfMine, cutsOfMine, type Ours } from './ours.ts';

/** What questions about the tokens of one issuer have in common. It is made once: an account has hundreds of them. */
export class Ground {
  readonly alphabet: Alphabet;
  /** Machines of fields. */
  readonly languages = new Map<Language, Machine>();
  readonly #about: About;
  readonly #ours = new Map<TokenShape, readonly Ours[]>();

  constructor(about: About, cuts: readonly number[]) {
    this.#about = about;
    this.alphabet = new Alphabet(cuts);
  }

  /** What is true of a token of ours: one of these. */
  oursIn(shape: TokenShape): readonly Ours[] {
    const known = this.#ours.get(shape);
    if (known) return known;
    const { mine, iss } = this.#about;
    const ours = atomsOfMine(mine, iss, { shape, alphabet: this.alphabet });
    this.#ours.set(shape, ours);
    return ours;
  }
}

interface About {
  readonly iss: string;
  readonly shapes: readonly TokenShape[];
  readonly mine: readonly Mine[];
}

interface Common extends About {
  readonly cuts: ReadonlySet<number>;
  /** By what a question cuts beside. */
  readonly grounds: Map<string, Ground>;
}

const commonOf = new WeakMap<readonly TokenShape[], WeakMap<readonly Mine[], Common>>();
/** Of one issuer: most questions are told by letters and digits alone. */
const mostGrounds = 20;

/** @param cuts - where classes must begin for what a question says to be told */
export function groundOf(about: About, cuts: readonly number[]): Ground {
  const { iss, shapes, mine } = about;
  const byMine = commonOf.get(shapes) ?? new WeakMap<readonly Mine[], Common>();
  commonOf.set(shapes, byMine);
  const known = byMine.get(mine);
  const common = known?.iss === iss ? known : commonFor(about);
  byMine.set(mine, common);
  const own = [...new Set(cuts)].filter((one) => !common.cuts.has(one)).sort((one, other) => one - other);
  const key = own.join();
  const before = common.grounds.get(key);
  if (before) return before;
  const ground = new Ground(about, [...common.cuts, ...own]);
  if (common.grounds.size >= mostGrounds) common.grounds.clear();
  common.grounds.set(key, ground);
  return ground;
}

function commonFor(about: About): Common {
  const cuts = new Set([
    ...about.shapes.flatMap(cutsOfShape),
    ...cutsOfMine(about.mine),
    ...cutsOf(charsOf(':')),
    // Most of what names have, so that few questions have cuts of their own.
    ...cutsOfText('abcdefghijklmnopqrstuvwxyz0123456789'),
  ]);
  return { ...about, cuts, grounds: new Map() };
}

function cutsOfShape(shape: TokenShape): readonly number[] {
  const parts = Object.values(shape.claims).flat();
  const fields = Object.values(shape.fields);
  const lists = Object.values(shape.lists ?? {});
  return [
    ...lists.flatMap(({ each }) => cutsOfLanguage(each)),
    ...fields.flatMap(({ language, example }) => [...cutsOfLanguage(language), ...cutsOfText(example)]),
    ...parts.flatMap((part) => (typeof part === 'string' ? cutsOfText(part) : [])),
    ...cutsOfText('%3A'),
  ];
}
