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
interface Reach {
  readonly head: string;
  /** Empty, or a pattern that begins with a colon. */
  readonly tail: string;
}

/**
 * The values that match the new form of each subject that the given values match in its old form, and nothing else, without those that
 * are matched already. What follows the repository is what is left of a pattern once it has matched the repository: its quotient.
 *
 * @returns also the values of which a variable decides whether they match
 */
export function inNewForm(
  values: readonly string[],
  reading: Reading,
  renamings: readonly Renaming[],
): { readonly added: readonly string[]; readonly undecided: readonly string[] } {
  const added: string[] = [];
  const undecided = new Set<string>();
  const key = ({ head, tail }: Reach) => (reading.ignoresCase ? `${head}\0${tail}`.toLowerCase() : `${head}\0${tail}`);
  for (const { old, new: renamed } of renamings) {
    const there = new Set([...values, ...added].flatMap((value) => reaches(value, renamed, reading).found.map(key)));
    for (const value of values) {
      const { found, isDecided } = reaches(value, old, reading);
      if (!isDecided) undecided.add(value);
      for (const reach of found) {
        if (there.has(key(reach))) continue;
        there.add(key(reach));
        added.push(reach.head + renamed + reach.tail);
      }
    }
  }
  return { added, undecided: [...undecided] };
}

/** Whether all that a value matches is a subject of the repository in its old form. */
export function isOfRepositoryAlone(value: string, reading: Reading, { old }: Renaming): boolean {
  const [text, name] = reading.ignoresCase ? [value.toLowerCase(), old.toLowerCase()] : [value, old];
  return headsOf(text).some((at) => text.startsWith(name, at) && [undefined, ':'].includes(text[at + name.length]));
}

/** Whether a value matches a subject of the repository in its old form. */
export function matchesSome(value: string, reading: Reading, { old }: Renaming): boolean {
  return reaches(value, old, reading).found.length > 0;
}

/** What may stand around the repository in subjects that a value matches in either form. */
export function examplesOf(value: string, reading: Reading, { old, new: renamed }: Renaming): readonly Reach[] {
  return [old, renamed].flatMap((name) =>
    reaches(value, name, reading).found.flatMap(({ head, tail }) =>
      (reading.wildcards ? fillings : ['']).map((filling) => ({
        head: example(head, reading, filling),
        tail: example(tail, reading, filling),
      })),
    ),
  );
}

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

/** How a value reaches into the subjects of a repository. */
function reaches(value: string, repository: string, reading: Reading): { found: readonly Reach[]; isDecided: boolean } {
  const pieces = piecesOf(value, reading);
  const starts = startsIn(value, pieces);
  let isDecided = starts.length <= mostStarts;
  const found = starts.slice(0, mostStarts).flatMap(({ head, from }) => {
    const alone = quotient(pieces, from, repository, reading);
    const more = quotient(pieces, from, `${repository}:`, reading);
    isDecided &&= alone.isDecided && more.isDecided;
    const isWhole = alone.ends.some((end) => pieces.slice(end).every(({ kind }) => kind === 'any text'));
    return [
      ...(isWhole ? [{ head, tail: '' }] : []),
      ...more.ends.map((end) => ({ head, tail: `:${value.slice(pieces[end]?.start ?? value.length)}` })),
    ];
  });
  return { found, isDecided };
}

/** More wildcards before the repository than anybody writes: each is work. */
const mostStarts = 10;

/** Where a repository may begin in a pattern: where it is written, and within each star, after other claims. */
function startsIn(value: string, pieces: readonly Piece[]): readonly { head: string; from: number }[] {
  const written = headsOf(value).flatMap((at) => {
    const from = pieces.findIndex(({ start }) => start === at);
    return from < 0 ? [] : [{ head: value.slice(0, at), from }];
  });
  const repository = value.search(/(?:^|:)repo:/i);
  const isBefore = ({ start }: Piece) => repository < 0 || start < repository;
  const stars = pieces.flatMap((piece, from) =>
    piece.kind === 'any text' && isBefore(piece) ? [{ head: `${value.slice(0, piece.start)}*:`, from }] : [],
  );
  return [...written, ...stars];
}

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

/** The pieces before which a pattern can stand once it has matched a text, without those whose rest another one's rest contains. */
function quotient(
  pieces: readonly Piece[],
  from: number,
  text: string,
  { ignoresCase }: Reading,
): { ends: readonly number[]; isDecided: boolean } {
  const same = (one: string, other: string) =>
    one === other || (ignoresCase && one.toLowerCase() === other.toLowerCase());
  let isDecided = true;
  let places = new Set([from]);
  for (const unit of text) {
    const next = new Set<number>();
    for (let place of places) {
      for (; pieces[place]?.kind === 'any text'; place += 1) next.add(place);
      const piece = pieces[place];
      if (piece?.kind === 'variable') isDecided = false;
      else if (piece && (piece.kind === 'any unit' || same(piece.unit, unit))) next.add(place + 1);
    }
    places = next;
  }
  // The rest from a star on contains the rests from all places before it.
  const star = Math.max(-1, ...[...places].filter((place) => pieces[place]?.kind === 'any text'));
  return { ends: [...places].filter((place) => place >= star), isDecided };
}

function example(text: string, reading: Reading, filling: string): string {
  const texts = { unit: (unit: string) => unit, 'any unit': () => 'x', 'any text': () => filling, variable: () => 'x' };
  return piecesOf(text, reading)
    .map(({ kind, unit }) => texts[kind](unit))
    .join('');
}
