import type { ClaimPart, Language, TokenShape } from '@fedbridge/issuers';
import { Alphabet, charsOf, cutsOf } from './alphabet.ts';
import { cutsOfLanguage, machineOfLanguage, type Pattern } from './language.ts';
import type { Machine } from './machine.ts';

/**
 * Whether a claim of a shape can be what a pattern says, as far as the text before its first wildcard tells: what cannot is left out of a
 * question before any token is looked for. Of a text without wildcards the answer is exact, but for colons that a field escapes.
 *
 * @param wildcards - whether `*` and `?` are wildcards where they are not literal
 */
export function canBe(shape: TokenShape, claim: string, { text, literal }: Pattern, wildcards: boolean): boolean {
  const { machine } = machineOfClaim(shape, claim);
  const first = wildcards ? firstWildcard(text, literal) : -1;
  const state = machine.run(machine.start, first < 0 ? text : text.slice(0, first));
  return first < 0 ? machine.accepts(state) : state !== 0;
}

/** Letters of which all numbers, times and addresses are, by how the names of their operators begin. */
const lettersOf: Readonly<Record<string, string>> = {
  Numeric: '0-9.-',
  Date: '0-9TZ:.+-',
  Ip: '0-9a-fA-F.:/',
};

/** Whether texts of a claim can be numbers, times or addresses; undefined for an operator that compares none of these. */
export function canCompare(shape: TokenShape, claim: string, operator: string): boolean | undefined {
  const [, kind = ''] = /^(?:Not)?(Numeric|Date|Ip)/.exec(operator) ?? [];
  const letters = lettersOf[kind];
  return letters === undefined ? undefined : walk(shape, claim, letters).some(({ isAccepted }) => isAccepted);
}

/** Whether all texts of a claim are digits. */
export function isOfDigits(shape: TokenShape, claim: string): boolean {
  return walk(shape, claim, '0-9').every(({ leavesTo }) => leavesTo.length === 0);
}

/** The states of a claim's machine that texts of some letters lead to, with those that one more letter of another kind does. */
function walk(shape: TokenShape, claim: string, letters: string) {
  const { machine, alphabet } = machineOfClaim(shape, claim);
  const some = new Set(alphabet.classesOf(charsOf(letters)));
  const all = Array.from({ length: alphabet.size }, (_, one) => one);
  const seen = new Set([machine.start]);
  for (const state of seen)
    for (const one of some) {
      const next = machine.step(state, one);
      if (next !== 0) seen.add(next);
    }
  return [...seen].map((state) => ({
    isAccepted: machine.accepts(state),
    leavesTo: all.filter((one) => !some.has(one) && machine.step(state, one) !== 0),
  }));
}

/** -1 for none. */
function firstWildcard(text: string, literal: ReadonlySet<number>): number {
  for (let at = text.search(/[*?]/); at >= 0 && at < text.length; at += 1)
    if ((text[at] === '*' || text[at] === '?') && !literal.has(at)) return at;
  return -1;
}

/** They stand for as long as their shape: issuers have few, and many policies ask of each. */
interface Known {
  readonly machine: Machine;
  readonly alphabet: Alphabet;
}

const known = new WeakMap<TokenShape['fields'], Map<readonly ClaimPart[], Known>>();

function machineOfClaim({ fields, claims }: TokenShape, claim: string): Known {
  const parts = claims[claim] ?? [];
  const ofShape = known.get(fields) ?? new Map<readonly ClaimPart[], Known>();
  known.set(fields, ofShape);
  const before = ofShape.get(parts);
  if (before) return before;
  const language = { sequence: parts.map((part) => languageOf(part, fields)) };
  const kinds = Object.values(lettersOf).flatMap((letters) => cutsOf(charsOf(letters)));
  const alphabet = new Alphabet([...cutsOfLanguage(language), ...kinds]);
  const made = { machine: machineOfLanguage(alphabet, language), alphabet };
  ofShape.set(parts, made);
  return made;
}

/** Of an escaped field it is all that has no colon, which is more than that is written there. */
function languageOf(part: ClaimPart, fields: TokenShape['fields']): Language {
  if (typeof part === 'string') return part;
  return part.escaped ? { anyOf: ['', { chars: '^:' }] } : (fields[part.field]?.language ?? '');
}
