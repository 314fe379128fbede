import type { ClaimPart, Language, TokenShape } from '@fedbridge/issuers';
import { Alphabet } from './alphabet.ts';
import { cutsOfLanguage, machineOfLanguage, type Pattern } from './language.ts';
import type { Machine } from './machine.ts';

/**
 * Whether a claim of a shape can be what a pattern says, as far as the text before its first wildcard tells: what cannot is left out of a
 * question before any token is looked for. Of a text without wildcards the answer is exact, but for colons that a field escapes.
 *
 * @param wildcards - whether `*` and `?` are wildcards where they are not literal
 */
export function canBe(shape: TokenShape, claim: string, { text, literal }: Pattern, wildcards: boolean): boolean {
  const machine = machineOfClaim(shape, claim);
  const first = wildcards ? firstWildcard(text, literal) : -1;
  const state = machine.run(machine.start, first < 0 ? text : text.slice(0, first));
  return first < 0 ? machine.accepts(state) : state !== 0;
}

/** -1 for none. */
function firstWildcard(text: string, literal: ReadonlySet<number>): number {
  for (let at = text.search(/[*?]/); at >= 0 && at < text.length; at += 1)
    if ((text[at] === '*' || text[at] === '?') && !literal.has(at)) return at;
  return -1;
}

/** They stand for as long as their shape: issuers have few, and many policies ask of each. */
const known = new WeakMap<TokenShape['fields'], Map<readonly ClaimPart[], Machine>>();

function machineOfClaim({ fields, claims }: TokenShape, claim: string): Machine {
  const parts = claims[claim] ?? [];
  const ofShape = known.get(fields) ?? new Map<readonly ClaimPart[], Machine>();
  known.set(fields, ofShape);
  const before = ofShape.get(parts);
  if (before) return before;
  const language = { sequence: parts.map((part) => languageOf(part, fields)) };
  const machine = machineOfLanguage(new Alphabet(cutsOfLanguage(language)), language);
  ofShape.set(parts, machine);
  return machine;
}

/** Of an escaped field it is all that has no colon, which is more than that is written there. */
function languageOf(part: ClaimPart, fields: TokenShape['fields']): Language {
  if (typeof part === 'string') return part;
  return part.escaped ? { anyOf: ['', { chars: '^:' }] } : (fields[part.field]?.language ?? '');
}
