import { parseAddress } from '../address.ts';
import { operatorOf } from '../condition.ts';
import type { Condition } from '../policy.ts';
import { hasWildcard } from '../wildcard.ts';
import type { Alphabet } from './alphabet.ts';
import { machineOf } from './atoms.ts';
import type { Machine } from './machine.ts';
import type { Scope } from './scope.ts';

interface Among {
  readonly scope: Scope;
  readonly alphabet: Alphabet;
  /** Of the texts that are thought of; any without. */
  readonly language?: Machine | undefined;
}

/** Texts of which conditions on one key tell none from any other: one of each kind at least, an empty one as a kind of its own. */
export function textsToldApart(
  conditions: readonly Condition[],
  { scope, alphabet, language }: Among,
): readonly string[] {
  const machines = conditions.flatMap((condition) => machineOf(condition, scope, alphabet) ?? []);
  const names = namesIn(conditions);
  const values = nearOf(
    names[0] ?? '',
    conditions.flatMap((one) => one.values),
  );
  const possible = values.filter((value) => language?.accepts(language.run(language.start, value)) ?? true);
  // What is written first: who reads it knows it again.
  const written = names[0]?.startsWith('Numeric') ? [] : possible.filter((value) => !hasWildcard(value));
  return [...new Set([...written, ...representatives(alphabet, machines, language), ...possible])];
}

/** Whether conditions compare a key as one kind of thing: as a text, an address, a number or a time. */
export function areOfOneKind(conditions: readonly Condition[]): boolean {
  const kinds = namesIn(conditions).map((name) => /^(?:Not)?(Date|Numeric|Ip|Binary)/.exec(name)?.[1]);
  return new Set(kinds).size <= 1;
}

const namesIn = (conditions: readonly Condition[]) =>
  conditions.map(({ operator }) => operatorOf(operator).name).filter((name) => name !== 'Null');

/** Values on either side of each that conditions name, and between each two of them. */
function nearOf(name: string, values: readonly string[]): readonly string[] {
  if (name.startsWith('Numeric')) return around(values.map(Number)).map(written);
  if (name.startsWith('Date'))
    return around(values.map((value) => (/^\d{1,12}$/.test(value) ? Number(value) * 1000 : Date.parse(value)))).flatMap(
      (at) => (Math.abs(at) < 8.64e15 ? [new Date(Math.round(at)).toISOString()] : []),
    );
  if (name.endsWith('IpAddress')) return [...values.flatMap(boundsOf), '203.0.113.77', '2001:db8:77::1'];
  return values;
}

function around(given: readonly number[]): readonly number[] {
  const sorted = given.filter(Number.isFinite).sort((one, other) => one - other);
  const between = sorted.flatMap((one, index) => (index === 0 ? [] : [((sorted[index - 1] ?? one) + one) / 2]));
  const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  return [...sorted, ...between, least - 1000 - Math.abs(least), most + 1000 + Math.abs(most)];
}

/** A number as it is compared, without an exponent. */
const written = (one: number) => one.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 20 });

/** The first and the last address of a range, and those beside it. */
function boundsOf(range: string): readonly string[] {
  const [network = '', bits] = range.split('/');
  const bytes = parseAddress(network);
  if (!bytes) return [];
  const width = BigInt(8 * bytes.length);
  const host = width - (bits === undefined ? width : BigInt(Math.min(Number(bits) || 0, Number(width))));
  const value = bytes.reduce((all, byte) => all * 256n + BigInt(byte), 0n);
  const first = (value >> host) << host;
  const last = first + (1n << host) - 1n;
  return [first - 1n, first, last, last + 1n]
    .filter((one) => one >= 0n && one < 1n << width)
    .map((one) => formatAddress(one, bytes.length));
}

function formatAddress(value: bigint, length: number): string {
  const size = length === 4 ? 8n : 16n;
  const count = length === 4 ? 4 : 8;
  const parts = Array.from(
    { length: count },
    (_, index) => (value >> (size * BigInt(count - 1 - index))) & ((1n << size) - 1n),
  );
  return length === 4 ? parts.join('.') : parts.map((part) => part.toString(16)).join(':');
}

/** A text for each way in which machines can accept and not accept. */
function representatives(
  alphabet: Alphabet,
  machines: readonly Machine[],
  language: Machine | undefined,
): readonly string[] {
  const all = language ? [...machines, language] : machines;
  const found = new Map<string, string>();
  const seen = new Set<string>();
  const open: { states: readonly number[]; text: string }[] = [{ states: all.map(({ start }) => start), text: '' }];
  for (const { states, text } of open) {
    alphabet.spend(1 + all.length);
    const truths = states.map((state, index) => Number(all[index]?.accepts(state)));
    const kind = `${text === ''} ${truths.join('')}`;
    if ((!language || truths.at(-1) === 1) && !found.has(kind)) found.set(kind, text);
    for (let unit = 0; unit < alphabet.size; unit += 1) {
      const next = states.map((state, index) => all[index]?.step(state, unit) ?? 0);
      const key = next.join();
      if (seen.has(key) || (language && next.at(-1) === 0)) continue;
      seen.add(key);
      open.push({ states: next, text: text + alphabet.textOf(unit) });
    }
  }
  return [...found.values()];
}
