import type { TokenPart } from '@fedbridge/issuers';
import { operatorOf } from '../condition.ts';
import type { Condition } from '../policy.ts';
import type { Alphabet } from './alphabet.ts';
import { patternsOf } from './atoms.ts';
import { cutsIgnoringCase, cutsOfText } from './language.ts';
import { type Machine, Nfa, SubsetMachine } from './machine.ts';
import type { Question } from './question.ts';
import type { Scope } from './scope.ts';

/** What a document spells out: a text up to a wildcard, or to the end. */
interface Run {
  readonly text: string;
  /** Whether a wildcard stands behind it. */
  readonly isOpen: boolean;
}

/** How much of a part of a token is spelled out. */
export type Extent = 'all' | 'a beginning' | 'letters of a name';

/** Nothing longer names anybody: what a cloud takes is shorter. */
const longest = 2048;

/**
 * The names that conditions spell out. Whoever wrote them means these: an owner, a project or a job whose name stands in the document in
 * full is no stranger to it, and every other is.
 */
export class Spelled {
  readonly cuts: readonly number[];
  readonly #runs: readonly Run[];
  readonly #ignoresCase: boolean;
  readonly #machines = new Map<string, Machine>();

  constructor({ allow, deny, scope }: Pick<Question, 'allow' | 'deny' | 'scope'>) {
    // A denial of everybody but some names those.
    const telling = [
      ...allow.filter((one) => isTelling(one, false)),
      ...deny.flat().filter((one) => isTelling(one, true)),
    ];
    const ofToken = telling.filter(({ key }) => scope.claimsOf(key.toLowerCase()) !== undefined);
    this.#runs = ofToken.flatMap((one) => runsOf(one, scope));
    this.#ignoresCase = ofToken.some(({ operator }) => operator.includes('IgnoreCase'));
    const cutsOf = this.#ignoresCase ? cutsIgnoringCase : cutsOfText;
    this.cuts = this.#runs.flatMap(({ text }) => cutsOf(text));
  }

  /** What a part of a token is where the document spells out as much as tells it from others, or an extent of it. */
  machineOf({ behind, begins }: TokenPart, extent: Extent, alphabet: Alphabet): Machine {
    const key = `${extent} ${behind} ${extent === 'a beginning' ? begins?.source : ''}`;
    const known = this.#machines.get(key);
    if (known) return known;
    const nfa = new Nfa(alphabet);
    const [start, end] = [nfa.node(), nfa.node()];
    nfa.at(end).accepts = true;
    const first = behind === undefined ? start : this.#behind(nfa, start, behind);
    if (behind !== undefined && extent === 'all') this.#addRest(nfa, end);
    if (extent !== 'all') nfa.at(end).any.push(end);
    for (const run of this.#runs) {
      alphabet.spend(run.text.length);
      if (extent === 'all') this.#addNames(nfa, run, first, end);
      else this.#addBeginnings(nfa, run, { first, end, fits: extent === 'a beginning' ? begins : lettersLast });
    }
    const machine = new SubsetMachine(nfa, start);
    this.#machines.set(key, machine);
    return machine;
  }

  /** @returns where a part begins that stands behind a key, first in a text or after a colon */
  #behind(nfa: Nfa, start: number, key: string): number {
    const [loop, colon] = [nfa.node(), nfa.node()];
    nfa.at(start).free.push(loop, ...(key === '' ? [] : [colon]));
    nfa.at(loop).any.push(loop);
    nfa.on(loop, [nfa.alphabet.classOf(58)], colon);
    return this.#addText(nfa, colon, key);
  }

  /** Whatever follows a part that ended. */
  #addRest(nfa: Nfa, end: number): void {
    const rest = nfa.node();
    nfa.on(end, [nfa.alphabet.classOf(58)], rest);
    nfa.at(rest).any.push(rest);
    nfa.at(rest).accepts = true;
  }

  #addText(nfa: Nfa, from: number, text: string): number {
    let at = from;
    for (const unit of text.split('')) {
      const next = nfa.node();
      this.#addUnit(nfa, at, unit, next);
      at = next;
    }
    return at;
  }

  #addUnit(nfa: Nfa, from: number, unit: string, to: number): void {
    const units = this.#ignoresCase ? [...new Set([unit, unit.toLowerCase(), unit.toUpperCase()])] : [unit];
    const classes = units.filter(({ length }) => length === 1).map((one) => nfa.alphabet.classOf(one.charCodeAt(0)));
    nfa.on(from, [...new Set(classes)], to);
  }

  /** All that stands in a run between two ends of words. */
  #addNames(nfa: Nfa, run: Run, first: number, end: number): void {
    const { text } = run;
    const isEnd = endsOfWords(run);
    const nodes = [nfa.node()];
    for (let at = 0; at < text.length; at += 1) {
      nodes.push(nfa.node());
      this.#addUnit(nfa, nodes[at] as number, text[at] ?? '', nodes[at + 1] as number);
    }
    for (const [at, node] of nodes.entries()) {
      if (!isEnd(at)) continue;
      if (at < text.length) nfa.at(first).free.push(node);
      if (at > 0) nfa.at(node).free.push(end);
    }
  }

  /** What a run ends with before a wildcard, from each beginning of a word. */
  #addBeginnings(
    nfa: Nfa,
    run: Run,
    { first, end, fits }: { first: number; end: number; fits: RegExp | undefined },
  ): void {
    const { text } = run;
    if (!run.isOpen || !fits) return;
    const isEnd = endsOfWords(run);
    let node: number | undefined;
    // From behind: those that begin later are the ends of those that begin before.
    for (let at = text.length - 1, next = end; at >= 0; at -= 1) {
      node = nfa.node();
      this.#addUnit(nfa, node, text[at] ?? '', next);
      next = node;
      if (isEnd(at) && fits.test(text.slice(at))) nfa.at(first).free.push(node);
    }
  }
}

/** The letters of a name go on behind them. */
const lettersLast = /[^/._:@-]$/;

/** Whether a condition says who may be, and not who may not. @param isDenied - whether it is of a denial */
function isTelling({ operator }: Condition, isDenied: boolean): boolean {
  const { name, negated } = operatorOf(operator);
  return negated === isDenied && operator !== 'Null' && !/(?:Less|Greater)Than/.test(name);
}

function runsOf(condition: Condition, scope: Scope): readonly Run[] {
  const { name } = operatorOf(condition.operator);
  const isPattern = /^String(?:Not)?Like$|^Arn/.test(name);
  // What is not read is a text with anything in the place of its variables.
  const unread = condition.values.map((value) => ({
    text: value.replace(/\$\{[^{}]*\}/g, '*'),
    literal: new Set<number>(),
  }));
  const patterns = patternsOf(condition, scope);
  return (patterns ?? unread).flatMap(({ text, literal }) => {
    const runs = runsIn(text, (at) => (isPattern || !patterns) && !literal.has(at));
    // A colon in a value is written as %3A in a subject.
    return runs.flatMap((run) =>
      run.text.includes('%3A') ? [run, { ...run, text: run.text.replaceAll('%3A', ':') }] : [run],
    );
  });
}

function runsIn(text: string, isWild: (at: number) => boolean): readonly Run[] {
  const runs: Run[] = [];
  let from = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const isOpen = at < text.length;
    if (isOpen && !('*?'.includes(text[at] ?? '') && isWild(at))) continue;
    if (at > from && at - from <= longest) runs.push({ text: text.slice(from, at), isOpen });
    from = at + 1;
  }
  return runs;
}

/** Where a word of a run begins or ends; at a wildcard too, which may stand for nothing. */
function endsOfWords({ text }: Run): (at: number) => boolean {
  const isOfWord = (at: number) => at >= 0 && at < text.length && !/[\s:/@{}]/.test(text[at] ?? '');
  return (at) => !isOfWord(at - 1) || !isOfWord(at);
}
