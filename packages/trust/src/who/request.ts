import { parseAddress } from '../address.ts';
import { holds, operatorOf } from '../condition.ts';
import type { Condition } from '../policy.ts';
import { type Alphabet, charsOf } from './alphabet.ts';
import { machineOf, type Scope } from './atoms.ts';
import type { Machine } from './machine.ts';

/** What a request may have beside its token: each option the condition keys with their values, those that are missing left out. */
export interface Choice {
  readonly options: readonly Readonly<Record<string, string>>[];
}

/**
 * The options of requests as far as conditions tell them apart, one of each kind, by `groupOf` the key. A key that is compared as a text
 * here and as an address, a number or a time there is left out.
 *
 * @param conditions - on keys of the request
 * @param now - seconds since 1970-01-01 UTC: none asks before
 */
export function choicesOf(
  conditions: readonly Condition[],
  scope: Scope,
  alphabet: Alphabet,
  now: number,
): ReadonlyMap<string, Choice> {
  const byKey = new Map<string, Condition[]>();
  for (const condition of conditions) {
    const key = groupOf(condition.key);
    byKey.set(key, [...(byKey.get(key) ?? []), condition]);
  }
  const readable = [...byKey].filter(([key, all]) => isOfOneKind(key, all));
  const choices = readable.map(([key, all]) => {
    const candidates = key === time ? instants(all, now) : textsOf(key, all, scope, alphabet);
    const kinds = new Map<string, Readonly<Record<string, string>>>();
    for (const option of candidates) {
      const context = new Map(Object.entries(option).map(([name, value]) => [name.toLowerCase(), [value]]));
      const kind = all.map((one) => Number(holds(one, context, scope.knowsVariables))).join('');
      if (!kinds.has(kind)) kinds.set(kind, option);
    }
    return [key, { options: [...kinds.values()] }] as const;
  });
  return new Map(choices);
}

function isOfOneKind(group: string, conditions: readonly Condition[]): boolean {
  const names = conditions.map(({ operator }) => operatorOf(operator).name).filter((name) => name !== 'Null');
  if (group === time) return names.every((name) => /^(Date|Numeric)/.test(name));
  return (
    new Set(names.map((name) => /^(Date|Numeric|(?:Not)?Ip|Binary)/.exec(name)?.[1]?.replace('Not', ''))).size <= 1
  );
}

const time = 'time';

/** The two keys of the time are of one instant. */
export function groupOf(key: string): string {
  const lower = key.toLowerCase();
  return lower === 'aws:currenttime' || lower === 'aws:epochtime' ? time : lower;
}

function instants(conditions: readonly Condition[], now: number): Readonly<Record<string, string>>[] {
  const named = conditions.flatMap(({ values }) =>
    values.map((value) => (/^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Date.parse(value) / 1000)),
  );
  const near = named.filter((one) => Number.isFinite(one)).flatMap((one) => [one - 1, one, one + 1].map(Math.floor));
  const all = [now, ...near.filter((one) => one > now && one < 8.64e12)];
  return [...new Set(all)].map((seconds) => ({
    'aws:CurrentTime': new Date(seconds * 1000).toISOString(),
    'aws:EpochTime': String(seconds),
  }));
}

function textsOf(
  key: string,
  conditions: readonly Condition[],
  scope: Scope,
  alphabet: Alphabet,
): readonly Readonly<Record<string, string>>[] {
  const machines = conditions.flatMap((condition) => machineOf(condition, scope, alphabet) ?? []);
  const session = key === 'sts:rolesessionname';
  const texts = representatives(alphabet, machines, session);
  const values = conditions.flatMap(({ operator, values }) => nearOf(operatorOf(operator).name, values));
  const missing: Readonly<Record<string, string>>[] = session ? [] : [{}];
  const possible = [...new Set([...texts, ...values])].filter((value) => !session || sessionName.test(value));
  return [...missing, ...possible.map((value) => ({ [key]: value }))];
}

/** Source: AWS STS API Reference, "AssumeRoleWithWebIdentity". */
const sessionName = /^[\w+=,.@-]{2,64}$/;

/** Values on either side of each that conditions name, and between each two of them. */
function nearOf(name: string, values: readonly string[]): readonly string[] {
  if (name.startsWith('Numeric')) return around(values.map(Number)).map(String);
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
  return [...sorted, ...between, (sorted[0] ?? 0) - 1000, (sorted.at(-1) ?? 0) + 1000];
}

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
function representatives(alphabet: Alphabet, machines: readonly Machine[], isSession: boolean): readonly string[] {
  const allowed = isSession ? alphabet.classesOf(charsOf('a-zA-Z0-9_+=,.@-')) : undefined;
  const found = new Map<string, string>();
  const seen = new Set<string>();
  const open: { states: readonly number[]; text: string }[] = [
    { states: machines.map(({ start }) => start), text: '' },
  ];
  for (const { states, text } of open) {
    alphabet.spend(1 + machines.length);
    const truths = states.map((state, index) => Number(machines[index]?.accepts(state))).join('');
    if ((!isSession || text.length >= 2) && !found.has(truths)) found.set(truths, text);
    for (const unit of allowed ?? Array.from({ length: alphabet.size }, (_, one) => one)) {
      const next = states.map((state, index) => machines[index]?.step(state, unit) ?? 0);
      const key = `${Math.min(2, text.length + 1)} ${next.join()}`;
      if (seen.has(key)) continue;
      seen.add(key);
      open.push({ states: next, text: text + alphabet.textOf(unit) });
    }
  }
  return [...found.values()];
}
