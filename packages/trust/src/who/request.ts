import type { Language } from '@fedbridge/issuers';
import { holds, operatorOf } from '../condition.ts';
import type { Condition } from '../policy.ts';
import type { Alphabet } from './alphabet.ts';
import { areOfOneKind, textsToldApart } from './candidates.ts';
import { cutsOfLanguage, machineOfLanguage } from './language.ts';
import type { Scope } from './scope.ts';

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
  const readable = [...byKey].filter(([key, all]) => isReadable(key, all));
  const choices = readable.map(([key, all]) => {
    const candidates = key === time ? instants(all, now) : textsOf(key, all, scope, alphabet);
    const kinds = new Map<string, Readonly<Record<string, string>>>();
    const values = all.reduce((sum, one) => sum + one.values.length, 0);
    for (const option of candidates) {
      alphabet.spend(Math.ceil(values / valuesInStep));
      const kind = all.map((one) => Number(holdsWith(option, one, scope))).join('');
      if (!kinds.has(kind)) kinds.set(kind, option);
    }
    return [key, { options: [...kinds.values()] }] as const;
  });
  return new Map(choices);
}

/** Of a condition that are looked at in about the time of a step of a machine. */
const valuesInStep = 2;

/** Whether a condition on the request holds with an option of it. */
export function holdsWith(
  option: Readonly<Record<string, string>>,
  condition: Condition,
  { constants, knowsVariables }: Scope,
): boolean {
  const own = Object.entries(option).map(([key, value]) => [key.toLowerCase(), [value]] as const);
  return holds(condition, new Map([...constants, ...own]), knowsVariables);
}

function isReadable(group: string, conditions: readonly Condition[]): boolean {
  const operators = conditions.map(({ operator }) => operatorOf(operator)).filter(({ name }) => name !== 'Null');
  // Several values could do together what none does alone.
  if (operators.length > 1 && operators.some(({ set }) => set)) return false;
  if (group === time) return operators.every(({ name }) => /^(Date|Numeric)/.test(name));
  return areOfOneKind(conditions);
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
  if (key === byIdp) return ['false', 'true'].map((value) => ({ [key]: value }));
  const isSession = key === sessionKey;
  const language = isSession ? machineOfLanguage(alphabet, sessionLanguage) : undefined;
  const texts = textsToldApart(conditions, { scope, alphabet, language });
  const missing: Readonly<Record<string, string>>[] = isSession ? [] : [{}];
  const possible =
    key === durationKey && conditions.every(isOfNumbers)
      ? durationsNear(conditions)
      : texts.filter((value) => !isSession || sessionName.test(value));
  // As it is written.
  const name = conditions[0]?.key ?? key;
  return [...missing, ...possible.map((value) => ({ [name]: value }))];
}

const sessionKey = 'sts:rolesessionname';
/** Never missing. */
const byIdp = 'sts:roleauthorizedbyidp';

/** Source: AWS STS API Reference, "AssumeRoleWithWebIdentity". */
const sessionName = /^[\w+=,.@-]{2,64}$/;
const sessionChars: Language = { chars: 'a-zA-Z0-9_+=,.@-' };
const sessionLanguage: Language = { sequence: [sessionChars, sessionChars] };

const durationKey = 'sts:durationseconds';
const isOfNumbers = ({ operator }: Condition) => operator === 'Null' || operatorOf(operator).name.startsWith('Numeric');

/**
 * Durations that can be asked for, on both sides of each that is named, in seconds.
 * Source: AWS STS API Reference, AssumeRole and AssumeRoleWithWebIdentity, `DurationSeconds`.
 */
function durationsNear(conditions: readonly Condition[]): readonly string[] {
  const named = conditions.flatMap(({ values }) => values.map((value) => Math.floor(Number(value))));
  const near = [...named.flatMap((one) => [one, one - 1, one + 1]), 900, 43_200];
  return [...new Set(near)].filter((one) => one >= 900 && one <= 43_200).map(String);
}

/** Where classes must begin for the keys of a request to be told, beside what conditions name. */
export function cutsOfRequest(conditions: readonly Condition[]): readonly number[] {
  return conditions.some(({ key }) => key.toLowerCase() === sessionKey) ? cutsOfLanguage(sessionChars) : [];
}
