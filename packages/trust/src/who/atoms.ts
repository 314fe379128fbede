import type { ClaimPart, TokenShape } from '@fedbridge/issuers';
import { holds, operatorOf } from '../condition.ts';
import type { Condition } from '../policy.ts';
import { type Resolved, resolveVariables, variablesIn } from '../variables.ts';
import type { Alphabet } from './alphabet.ts';
import { canBe, canCompare, isOfDigits } from './claim-texts.ts';
import { type Said, withoutVariables } from './claim-variables.ts';
import { cutsIgnoringCase, cutsOfText, machineOfArns, machineOfPatterns } from './language.ts';
import type { Machine } from './machine.ts';
import { machineOfNumbers } from './numbers.ts';
import { areReadable } from './readable-values.ts';
import { mayBeThere, type Scope } from './scope.ts';

/** Something that is true or false of a token, or of the request that it comes with. */
export type Atom = ClaimAtom | RequestAtom;

/** A test of the text of one claim. */
export interface ClaimAtom {
  readonly parts: readonly ClaimPart[];
  readonly machine: Machine;
  readonly negated: boolean;
  /** What it is of a token without the claim. */
  readonly ifMissing: boolean;
}

/** A test of what only the request has: an address, a time. */
export interface RequestAtom {
  readonly choice: number;
  /** By option of that choice. */
  readonly truths: readonly boolean[];
}

/** What a condition is about: claims of the token; the request that comes with it; or neither, so that it has one answer, ever. */
export type Subject =
  | { readonly of: 'token'; readonly claims: readonly string[] }
  | { readonly of: 'request' }
  /** The request beside something else, or what nobody knows: it cannot be read. */
  | { readonly of: 'unknown' }
  | { readonly of: 'nothing'; readonly truth: boolean };

/** What a condition is about. */
export function subjectOf(condition: Condition, scope: Scope): Subject {
  const { claimsOf, constants, knowsVariables } = scope;
  const key = condition.key.toLowerCase();
  // Of a key that is in no request it makes no difference what it is compared with.
  const isThere = constants.get(key)?.length ?? (mayBeThere(key, scope) ? 1 : 0);
  if (isThere > 0 && !areReadable(condition)) return { of: 'unknown' };
  const claims = claimsOf(key);
  if (claims) return { of: 'token', claims };
  if (scope.isUnknown?.(key)) return { of: 'unknown' };
  const isOfRequest = scope.isOfRequest(key);
  if ((constants.has(key) || isOfRequest) && hangsOnOthers(condition, scope)) return { of: 'unknown' };
  if (constants.has(key)) return { of: 'nothing', truth: holds(condition, constants, knowsVariables) };
  if (isOfRequest) return { of: 'request' };
  // A key that nobody fills is missing.
  return { of: 'nothing', truth: holds(condition, new Map()) };
}

/** Whether variables stand for what is not the same in every request, or it is not certain what comes of one that stands for nothing. */
export function hangsOnOthers({ operator, values }: Condition, scope: Scope): boolean {
  const { name, negated } = operatorOf(operator);
  if (!scope.knowsVariables || !isOfTexts(name)) return false;
  const keys = values.flatMap(variablesIn).map((key) => key.toLowerCase());
  return keys.some((key) => !scope.constants.has(key) && (negated || mayBeThere(key, scope)));
}

/** The texts of a condition with their wildcards; undefined where it hangs on another claim, or is of no kind that compares texts. */
export function patternsOf(condition: Condition, scope: Scope): readonly Resolved[] | undefined {
  const { constants, knowsVariables } = scope;
  const { name, negated } = operatorOf(condition.operator);
  if (!(isOfTexts(name) || name === 'Bool')) return undefined;
  if (!knowsVariables || name === 'Bool') return condition.values.map((text) => ({ text, literal: new Set<number>() }));
  let isOpen = false;
  const patterns = condition.values.flatMap((value) => {
    const valueFor = (key: string) => {
      const known = constants.get(key.toLowerCase());
      if (!known && mayBeThere(key.toLowerCase(), scope)) isOpen = true;
      return known?.length === 1 ? known[0] : undefined;
    };
    const resolved = resolveVariables(value, valueFor);
    // "Any time that a variable can't be resolved, this might cause the entire statement to be invalid" [IAM User Guide].
    if (!resolved && negated) isOpen = true;
    return resolved ?? [];
  });
  // How IAM compares the case of other letters than ASCII's is not known, and letters can be several in the other case.
  if (ignoresCase(name) && patterns.some(({ text }) => /[^\0-\x7f]/.test(text))) return undefined;
  return isOpen ? undefined : patterns;
}

/** Where classes of units must begin for a condition to be told. */
export function cutsOfCondition(condition: Condition, scope: Scope): readonly number[] {
  const { name } = operatorOf(condition.operator);
  // Of a variable of another claim what stands around it is told.
  const texts = patternsOf(condition, scope) ?? condition.values.map((text) => ({ text }));
  return texts.flatMap(({ text }) => (ignoresCase(name) ? cutsIgnoringCase(text) : cutsOfText(text)));
}

/** The machine of what a condition compares, before it is negated; undefined where it cannot be read. */
export function machineOf(condition: Condition, scope: Scope, alphabet: Alphabet): Machine | undefined {
  const patterns = patternsOf(condition, scope);
  return patterns && machineOfAny(patterns, condition, alphabet);
}

function machineOfAny(patterns: readonly Resolved[], { operator }: Condition, alphabet: Alphabet): Machine {
  const { name, set, negated } = operatorOf(operator);
  // To a set operator an empty text is no value: it holds for all of them, and for none.
  const ifEmpty = set === undefined ? undefined : (set === 'ForAllValues') !== negated;
  if (name.startsWith('Arn')) return machineOfArns(alphabet, patterns, { ifEmpty });
  const bools = name === 'Bool' ? patterns.filter(({ text }) => /^(true|false)$/i.test(text)) : patterns;
  return machineOfPatterns(alphabet, bools, {
    wildcards: hasWildcards(name),
    ignoreCase: ignoresCase(name),
    ifEmpty,
  });
}

/** A condition on a claim of a shape; undefined where it cannot be read, a truth where the shape has no such claim. */
export function atomOf(
  condition: Condition,
  shape: TokenShape,
  { claims, scope, machines, said }: { claims: readonly string[]; scope: Scope; machines: Machines; said: Said },
): ClaimAtom | boolean | undefined {
  const ifMissing = machines.holdsIfMissing(condition);
  const claim = claims.find((one) => shape.claims[one]);
  const parts = claim === undefined ? undefined : shape.claims[claim];
  if (!parts) return shape.isOpen ? undefined : ifMissing;
  const isOptional = parts.some((part) => typeof part === 'object' && shape.fields[part.field]?.optional);
  if (condition.operator === 'Null') {
    if (!isOptional) return holdsIfThere(condition);
    return { parts, machine: machineOfAll(machines.alphabet), negated: !holdsIfThere(condition), ifMissing };
  }
  const patterns = machines.patternsOf(condition);
  if (!patterns && hangsOnOthers(condition, scope)) {
    // Without the claim it is another question whether the rest of it is the same.
    if (isOptional) return undefined;
    const left = withoutVariables(condition, parts, { shape, scope, said });
    const { negated } = operatorOf(condition.operator);
    return (
      left && {
        parts: left.parts,
        machine: machineOfAny(left.patterns, condition, machines.alphabet),
        negated,
        ifMissing,
      }
    );
  }
  if (!patterns) {
    const machine = machineOfOthers(condition, shape, claim ?? '', machines.alphabet);
    return machine && { parts, machine, negated: operatorOf(condition.operator).negated, ifMissing };
  }
  const { name, set, negated } = operatorOf(condition.operator);
  const isPlain = name.startsWith('String') && !ignoresCase(name);
  const possible = isPlain ? patterns.filter((one) => canBe(shape, claim ?? '', one, hasWildcards(name))) : patterns;
  if (possible.length === 0 && set === undefined && (negated === ifMissing || !isOptional)) return negated;
  const machine =
    possible.length === patterns.length
      ? machines.machineOf(condition, patterns)
      : machineOfAny(possible, condition, machines.alphabet);
  return { parts, machine, negated, ifMissing };
}

/** Of numbers, times and addresses: what texts of a claim pass, where they are numbers alone or none of it. */
function machineOfOthers(condition: Condition, shape: TokenShape, claim: string, alphabet: Alphabet) {
  const { name, set } = operatorOf(condition.operator);
  if (isOfDigits(shape, claim)) return machineOfNumbers(condition, alphabet);
  // To a set operator an empty text would be no value.
  if (set !== undefined || canCompare(shape, claim, name) !== false) return undefined;
  return machineOfPatterns(alphabet, [], { wildcards: false });
}

/** What conditions compare, made once for all shapes of a question. */
export class Machines {
  readonly alphabet: Alphabet;
  readonly #scope: Scope;
  readonly #patterns = new Map<Condition, readonly Resolved[] | undefined>();
  readonly #machines = new Map<Condition, Machine>();
  readonly #ifMissing = new Map<Condition, boolean>();

  constructor(scope: Scope, alphabet: Alphabet) {
    this.#scope = scope;
    this.alphabet = alphabet;
  }

  /** Undefined for what cannot be read. */
  patternsOf(condition: Condition): readonly Resolved[] | undefined {
    if (!this.#patterns.has(condition)) this.#patterns.set(condition, patternsOf(condition, this.#scope));
    return this.#patterns.get(condition);
  }

  /** Whether it is true of a token without the claim. */
  holdsIfMissing(condition: Condition): boolean {
    const known = this.#ifMissing.get(condition);
    if (known !== undefined) return known;
    const isTrue = holds(condition, new Map(), this.#scope.knowsVariables);
    this.#ifMissing.set(condition, isTrue);
    return isTrue;
  }

  machineOf(condition: Condition, patterns: readonly Resolved[]): Machine {
    const known = this.#machines.get(condition);
    if (known) return known;
    const machine = machineOfAny(patterns, condition, this.alphabet);
    this.#machines.set(condition, machine);
    return machine;
  }
}

/** A claim as it is written, a text between two fields in one piece. */
export function joined(parts: readonly ClaimPart[]): readonly ClaimPart[] {
  return parts.reduce<ClaimPart[]>((all, part) => {
    const last = all.at(-1);
    if (typeof part === 'string' && typeof last === 'string') all[all.length - 1] = last + part;
    else all.push(part);
    return all;
  }, []);
}

const holdsIfThere = ({ values }: Condition) => values.some((value) => value.toLowerCase() === 'false');

const machineOfAll = (alphabet: Alphabet) =>
  machineOfPatterns(alphabet, [{ text: '*', literal: new Set() }], { wildcards: true });

const hasWildcards = (name: string) => name === 'StringLike' || name === 'StringNotLike';
const isOfTexts = (name: string) => name.startsWith('String') || name.startsWith('Arn');
const ignoresCase = (name: string) => name.endsWith('IgnoreCase') || name === 'Bool';
