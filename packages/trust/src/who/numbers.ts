import { operatorOf } from '../condition.ts';
import type { Condition } from '../policy.ts';
import type { Alphabet } from './alphabet.ts';
import { type Machine, Nfa, SubsetMachine } from './machine.ts';

/** Whole numbers from one to another, both included; without the second all that follow. */
interface Range {
  readonly from: number;
  readonly to?: number;
}

/** Digits that a number holds exactly, where one of more digits is never taken for it. */
const mostDigits = 15;

/**
 * The texts of digits alone whose number is as a condition wants it, before that is negated; with zeros before it too, as the number of an
 * account may have.
 *
 * @returns undefined for another operator than those of numbers, and for a value of more digits than a number holds
 */
export function machineOfNumbers({ operator, values }: Condition, alphabet: Alphabet): Machine | undefined {
  const { name } = operatorOf(operator);
  const numbers = values.filter((text) => /^-?\d+(\.\d+)?$/.test(text));
  if (!name.startsWith('Numeric') || numbers.some((text) => text.replace(/\D/g, '').length > mostDigits))
    return undefined;
  const nfa = new Nfa(alphabet);
  const start = nfa.node();
  for (const range of rangesOf(name, numbers.map(Number))) addRange(nfa, start, range);
  return new SubsetMachine(nfa, start);
}

/** Of several values the least, or the most, decides. */
function rangesOf(name: string, numbers: readonly number[]): readonly Range[] {
  if (numbers.length === 0) return [];
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  const byName: Readonly<Record<string, readonly Range[]>> = {
    NumericLessThan: [{ from: 0, to: Math.ceil(most) - 1 }],
    NumericLessThanEquals: [{ from: 0, to: Math.floor(most) }],
    NumericGreaterThan: [{ from: Math.floor(least) + 1 }],
    NumericGreaterThanEquals: [{ from: Math.ceil(least) }],
  };
  const ranges = byName[name] ?? numbers.filter(Number.isInteger).map((one) => ({ from: one, to: one }));
  return ranges.flatMap(({ from, to }) => {
    if (to !== undefined && to < 0) return [];
    return [{ from: Math.max(0, from), ...(to === undefined ? {} : { to }) }];
  });
}

/** How the digits of a number that were read compare with those of a bound, at which both have as many. */
type Order = -1 | 0 | 1;

interface Read {
  /** Without zeros at the beginning; one more than any bound has for all that are longer. */
  readonly digits: number;
  readonly from: Order;
  readonly to: Order;
}

function addRange(nfa: Nfa, start: number, { from, to }: Range): void {
  const [low, high] = [String(from), to === undefined ? '' : String(to)];
  const longest = Math.max(low.length, high.length);
  const nodes = new Map<string, number>();
  const open: { readonly read: Read; readonly node: number }[] = [];
  const nodeOf = (read: Read): number => {
    const key = `${read.digits} ${read.from} ${read.to}`;
    const known = nodes.get(key);
    if (known !== undefined) return known;
    const node = nfa.node();
    nodes.set(key, node);
    nfa.at(node).accepts = isAtLeast(read, low) && (to === undefined || isAtMost(read, high));
    open.push({ read, node });
    return node;
  };
  const on = (node: number, digit: number, next: number) =>
    nfa.on(node, [nfa.alphabet.classOf(String(digit).charCodeAt(0))], next);
  const zero = nfa.node();
  nfa.at(zero).accepts = from === 0;
  for (const before of [start, zero]) {
    on(before, 0, zero);
    for (let digit = 1; digit <= 9; digit += 1) on(before, digit, nodeOf(after(none, digit)));
  }
  for (const { read, node } of open)
    for (let digit = 0; digit <= 9; digit += 1) on(node, digit, nodeOf(after(read, digit)));

  function after(read: Read, digit: number): Read {
    if (read.digits >= longest) return { digits: longest + 1, from: 0, to: 0 };
    const ordered = (order: Order, bound: string): Order =>
      order !== 0 || read.digits >= bound.length ? order : (Math.sign(digit - Number(bound[read.digits])) as Order);
    return { digits: read.digits + 1, from: ordered(read.from, low), to: ordered(read.to, high) };
  }
}

const none: Read = { digits: 0, from: 0, to: 0 };

const isAtLeast = ({ digits, from }: Read, bound: string) =>
  digits > bound.length || (digits === bound.length && from >= 0);
const isAtMost = ({ digits, to }: Read, bound: string) => digits < bound.length || (digits === bound.length && to <= 0);
