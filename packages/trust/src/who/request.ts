import { parseAddress } from '../address.ts';
import { holds, operatorOf } from '../condition.ts';
import type { Condition } from '../policy.ts';
import { type Alphabet, charsOf, cutsOf } from './alphabet.ts';
import { machineOf, type Scope } from './atoms.ts';
import type { Machine } from './machine.ts';

/** What a request may have beside its token: each option the condition keys with their values, those that are missing left out. */
export interface Choice {
  readonly options: readonly Readonly<Record<string, string>>[];
}

/**
 * The options of requests as far as conditions tell them apart, one of each kind, by `groupOf` the key. A key that is compared as a text
 * here and as an address, a number or a time there is left out, and one that may have several values of which more than one condition speaks.
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
      const kind = all.map((one) => Number(holdsWith(option, one, scope))).join('');
      if (!kinds.has(kind)) kinds.set(kind, option);
    }
    return [key, { options: [...kinds.values()] }] as const;
  });
  return new Map(choices);
}

/** Whether a condition on the request holds with an option of it. */
export function holdsWith(
  option: Readonly<Record<string, string>>,
  condition: Condition,
  { constants, knowsVariables }: Scope,
): boolean {
  const own = Object.entries(option).map(([key, value]) => [key.toLowerCase(), [value]] as const);
  return holds(condition, new Map([...constants, ...own]), knowsVariables);
}

function isOfOneKind(group: string, conditions: readonly Condition[]): boolean {
  const operators = conditions.map(({ operator }) => operatorOf(operator)).filter(({ name }) => name !== 'Null');
  const names = operators.map(({ name }) => name);
  // Several values could do together what none does alone.
  if (operators.length > 1 && operators.some(({ set }) => set)) return false;
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

/** A moment before each that is named, itself and one after it: where whole seconds will do, those. */
function instants(conditions: readonly Condition[], now: number): Readonly<Record<string, string>>[] {
  const named = conditions.flatMap(({ values }) =>
    values.map((value) => (/^-?\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value))),
  );
  const near = (ms: number) => [
    ...around1000(ms),
    Math.floor(ms) - 1,
    Math.floor(ms),
    Math.ceil(ms),
    Math.floor(ms) + 1,
  ];
  const all = named.filter((ms) => Number.isFinite(ms)).flatMap(near);
  const possible = [now * 1000, ...all.filter((ms) => ms > now * 1000 && ms < 8.64e15)];
  const sorted = [...new Set(possible)].sort((one, other) => Number(one % 1000 !== 0) - Number(other % 1000 !== 0));
  return sorted.map((ms) => ({
    'aws:CurrentTime': new Date(ms).toISOString(),
    'aws:EpochTime': String(Math.floor(ms / 1000)),
  }));
}

const around1000 = (ms: number) => [-1, 0, 1].map((step) => (Math.floor(ms / 1000) + step) * 1000);

function textsOf(
  key: string,
  conditions: readonly Condition[],
  scope: Scope,
  alphabet: Alphabet,
): readonly Readonly<Record<string, string>>[] {
  const machines = conditions.flatMap((condition) => machineOf(condition, scope, alphabet) ?? []);
  if (key === byIdp) return ['false', 'true'].map((value) => ({ [key]: value }));
  const session = key === sessionKey;
  const texts = representatives(alphabet, machines, session);
  const names = conditions.map(({ operator }) => operatorOf(operator).name).filter((name) => name !== 'Null');
  const values = nearOf(
    names[0] ?? '',
    conditions.flatMap((one) => one.values),
  );
  const missing: Readonly<Record<string, string>>[] = session ? [] : [{}];
  const possible = [...new Set([...texts, ...values])].filter((value) => !session || sessionName.test(value));
  return [...missing, ...possible.map((value) => ({ [key]: value }))];
}

const sessionKey = 'sts:rolesessionname';
/** Never missing. */
const byIdp = 'sts:roleauthorizedbyidp';

/** Source: AWS STS API Reference, "AssumeRoleWithWebIdentity". */
const sessionName = /^[\w+=,.@-]{2,64}$/;
const sessionChars = charsOf('a-zA-Z0-9_+=,.@-');

/** Where classes must begin for the keys of a request to be told, beside what conditions name. */
export function cutsOfRequest(conditions: readonly Condition[]): readonly number[] {
  return conditions.some(({ key }) => key.toLowerCase() === sessionKey) ? cutsOf(sessionChars) : [];
}

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
function representatives(alphabet: Alphabet, machines: readonly Machine[], isSession: boolean): readonly string[] {
  const allowed = isSession ? alphabet.classesOf(sessionChars) : undefined;
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
