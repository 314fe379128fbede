/** How a condition compares the subject with its values. */
export interface Reading {
  /** `*` and `?` are wildcards. */
  readonly wildcards: boolean;
  readonly ignoresCase: boolean;
  /** `${…}` is a variable: in policies of version 2012-10-17 alone. */
  readonly variables: boolean;
  /** The condition holds where no value matches. */
  readonly negated: boolean;
}

/** What every subject of a repository begins with, and what takes its place: `repo:octo/app`, `repo:octo@1/app@2`. */
export interface Renaming {
  readonly old: string;
  readonly new: string;
}

/** @returns undefined for an operator that does not compare texts */
export function readingOf(operator: string, version: unknown): Reading | undefined {
  const [whole, not, kind] =
    /^(?:For(?:AnyValue|AllValues):)?String(Not)?(EqualsIgnoreCase|Equals|Like)(?:IfExists)?$/.exec(operator) ?? [];
  if (whole === undefined) return undefined;
  return {
    wildcards: kind === 'Like',
    ignoresCase: kind === 'EqualsIgnoreCase',
    variables: version === '2012-10-17',
    negated: not !== undefined,
  };
}

/** A value as far as it reaches into a repository's subjects: what stands before the repository, and what may follow. */
interface Example {
  readonly head: string;
  /** Empty, or a pattern that begins with a colon. */
  readonly tail: string;
}

/** A value whose form with ids cannot be told, and why. */
export interface Undecided {
  readonly value: string;
  readonly reason: string;
}

/**
 * The values that match the new form of each subject that the given values match in its old form, and nothing else, without those that
 * are matched already. What follows the repository is what is left of a pattern once it has matched the repository: its quotient.
 */
export function inNewForm(
  values: readonly string[],
  reading: Reading,
  renamings: readonly Renaming[],
): { readonly added: readonly string[]; readonly undecided: readonly Undecided[] } {
  const added: string[] = [];
  const undecided = new Map<string, Undecided>();
  const patterns = values.map((value) => new SubjectPattern(value, reading));
  const key = ({ head, tail }: Example) =>
    reading.ignoresCase ? `${head}\0${tail}`.toLowerCase() : `${head}\0${tail}`;
  for (const { old, new: renamed } of renamings) {
    const all = [...patterns, ...added.map((value) => new SubjectPattern(value, reading))];
    const there = new Set(all.flatMap((one) => one.reaches(renamed).found.map(key)));
    for (const pattern of patterns) {
      const { found, doubt } = pattern.reaches(old);
      if (doubt !== undefined) undecided.set(pattern.value, { value: pattern.value, reason: doubt });
      for (const reach of found) {
        if (there.has(key(reach))) continue;
        there.add(key(reach));
        added.push(reach.head + renamed + reach.tail);
      }
    }
  }
  return { added, undecided: [...undecided.values()] };
}

/** Whether all that a value matches is a subject of the repository in its old form. */
export function isOfRepositoryAlone(value: string, reading: Reading, { old }: Renaming): boolean {
  const [text, name] = reading.ignoresCase ? [value.toLowerCase(), old.toLowerCase()] : [value, old];
  return headsOf(text).some((at) => text.startsWith(name, at) && [undefined, ':'].includes(text[at + name.length]));
}

/** Whether a value matches a subject of the repository in its old form. */
export function matchesSome(value: string, reading: Reading, { old }: Renaming): boolean {
  return new SubjectPattern(value, reading).reaches(old).found.length > 0;
}

/** What may stand around the repository in subjects that a value matches in either form. */
export function examplesOf(value: string, reading: Reading, { old, new: renamed }: Renaming): readonly Example[] {
  const pattern = new SubjectPattern(value, reading);
  const reaches = [old, renamed].flatMap((name) => pattern.reaches(name).found);
  return reaches.flatMap(({ head, tail }) => {
    if (head.length + tail.length > longest) return [];
    const around = [head, tail].map((text) => piecesOf(text, reading));
    return (reading.wildcards ? fillings : ['']).map((filling) => {
      const [before = '', after = ''] = around.map((pieces) => example(pieces, filling));
      return { head: before, tail: after };
    });
  });
}

/** Beyond any subject: half of a pattern at most is stars, of which no two are side by side. */
const longest = 1_500;

/** What a star stands for in examples. */
const fillings = [
  '',
  'x',
  'x:y',
  'main',
  'refs/heads/main',
  'ref:refs/heads/main',
  'environment:production',
  'pull_request',
];

/** A value of a condition on the subject, taken apart once. */
class SubjectPattern {
  readonly value: string;
  /** Stars side by side are one. */
  readonly #text: string;
  readonly #pieces: readonly Piece[];
  readonly #reading: Reading;

  constructor(value: string, reading: Reading) {
    this.value = value;
    this.#reading = reading;
    this.#text = reading.wildcards ? value.replaceAll(/(?<!\$\{)\*{2,}/g, '*') : value;
    this.#pieces = piecesOf(this.#text, reading);
  }

  /** How it reaches into the subjects of a repository; with a sentence where that is not all that it may match. */
  reaches(repository: string): { readonly found: readonly Example[]; readonly doubt: string | undefined } {
    const starts = this.#starts();
    let hasVariable = false;
    const found = starts.slice(0, mostStarts).flatMap(({ head, from }) => {
      const alone = this.#quotient(from, repository);
      const more = this.#quotient(from, `${repository}:`);
      hasVariable ||= alone.hasVariable || more.hasVariable;
      const isWhole = alone.ends.some((end) =>
        this.#pieces.slice(end, end + 2).every(({ kind }) => kind === 'any text'),
      );
      return [
        ...(isWhole ? [{ head, tail: '' }] : []),
        ...more.ends.map((end) => ({
          head,
          tail: `:${this.#text.slice(this.#pieces[end]?.start ?? this.#text.length)}`,
        })),
      ];
    });
    if (hasVariable)
      return { found, doubt: `A variable decides whether ${this.#shown} matches jobs of the repository.` };
    if (starts.length <= mostStarts) return { found, doubt: undefined };
    return {
      found,
      doubt: `${this.#shown} has more than ${mostStarts} wildcards where the repository may stand: which of its jobs it matches is not decided.`,
    };
  }

  /** As much as somebody needs to find it. */
  get #shown(): string {
    return this.value.length > 200 ? `${this.value.slice(0, 200)}…` : this.value;
  }

  /** Where a repository may begin: where it is written, and within each star, after other claims; one more than are looked at. */
  #starts(): readonly { head: string; from: number }[] {
    const text = this.#text;
    const written = headsOf(text).flatMap((at) => {
      const from = this.#pieces.findIndex(({ start }) => start === at);
      return from < 0 ? [] : [{ head: text.slice(0, at), from }];
    });
    const repository = text.search(/(?:^|:)repo:/i);
    const stars: { head: string; from: number }[] = [];
    for (const [from, { kind, start }] of this.#pieces.entries()) {
      if (stars.length > mostStarts || (repository >= 0 && start >= repository)) break;
      if (kind === 'any text') stars.push({ head: `${text.slice(0, start)}*:`, from });
    }
    return [...written, ...stars];
  }

  /** The pieces before which it can stand once it has matched a text, without those whose rest another one's rest contains. */
  #quotient(from: number, text: string): { ends: readonly number[]; hasVariable: boolean } {
    const { ignoresCase } = this.#reading;
    const same = (one: string, other: string) =>
      one === other || (ignoresCase && one.toLowerCase() === other.toLowerCase());
    let hasVariable = false;
    let places = new Set([from]);
    for (const unit of text) {
      const next = new Set<number>();
      for (const place of places) {
        const isStar = this.#pieces[place]?.kind === 'any text';
        if (isStar) next.add(place);
        const at = isStar ? place + 1 : place;
        const piece = this.#pieces[at];
        if (piece?.kind === 'variable') hasVariable = true;
        else if (piece && (piece.kind === 'any unit' || same(piece.unit, unit))) next.add(at + 1);
      }
      places = next;
    }
    // The rest from a star on contains the rests from all places before it.
    const ends = [...places].sort((one, other) => one - other);
    const star = ends.findLastIndex((place) => this.#pieces[place]?.kind === 'any text');
    return { ends: ends.slice(Math.max(0, star)), hasVariable };
  }
}

/** More wildcards before the repository than anybody writes: each is work. */
const mostStarts = 10;

/** Where a repository is written: at the start, or in a customized subject after other claims. It stands in a subject once. */
function headsOf(value: string): readonly number[] {
  const after = value.search(/:repo:/i);
  return after < 0 ? [0] : [0, after + 1];
}

interface Piece {
  readonly kind: 'unit' | 'any unit' | 'any text' | 'variable';
  readonly unit: string;
  readonly start: number;
}

function piecesOf(value: string, { wildcards, variables }: Reading): readonly Piece[] {
  const pieces: Piece[] = [];
  let isVariable = variables;
  for (let at = 0; at < value.length; at += 1) {
    const unit = value[at] ?? '';
    const end = isVariable && value.startsWith('${', at) ? value.indexOf('}', at) : 0;
    if (end < 0) isVariable = false;
    if (end > 0) {
      const name = value.slice(at + 2, end);
      pieces.push({ kind: /^[*?$]$/.test(name) ? 'unit' : 'variable', unit: name, start: at });
      at = end;
    } else if (wildcards && unit === '*') pieces.push({ kind: 'any text', unit, start: at });
    else pieces.push({ kind: wildcards && unit === '?' ? 'any unit' : 'unit', unit, start: at });
  }
  return pieces;
}

function example(pieces: readonly Piece[], filling: string): string {
  const texts = { unit: (unit: string) => unit, 'any unit': () => 'x', 'any text': () => filling, variable: () => 'x' };
  return pieces.map(({ kind, unit }) => texts[kind](unit)).join('');
}
