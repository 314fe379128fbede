import { isConsistentToken, type TokenShape } from '@fedbridge/issuers';
import { MalformedPolicyError } from '../malformed-policy.ts';
import type { Condition } from '../policy.ts';
import { namesIn, ownersIn } from './owners.ts';
import { Asked, mostNamesOf, type Question } from './question.ts';
import { Answers, type Renamed, renamed } from './renaming.ts';
import { type Found, textOf } from './token-graph.ts';
import { isTooLarge, TooMuchWork } from './work.ts';

/**
 * How far something reaches, ascending: to nobody; to what is ours alone; to owners that can be named; to anybody who has an account at
 * the issuer, which whoever likes has; to anybody at all, without an account.
 */
export const reaches = ['nobody', 'only mine', 'named others', 'any account', 'anybody'] as const;

/** One of `reaches`. */
export type Reach = (typeof reaches)[number];

/** Whether it is more than those who can be named. */
export const isUnbounded = (reach: Reach | undefined): boolean => reach === 'any account' || reach === 'anybody';

/** Whether somebody is allowed who was not said to be ours. */
export const reachesOthers = (reach: Reach): boolean => reach === 'named others' || isUnbounded(reach);

/** Whom a statement, or a credential, allows by one issuer. */
export interface Admitted {
  /** `Statement[0]`, or a credential's name. */
  readonly where: string;
  /** The URL in a token's `iss`; `AWS` for what is no token. */
  readonly issuer: string;
  readonly reach: Reach;
  /** Whether it is exactly so. Otherwise some condition could not be read, and it is at most so. */
  readonly exact: boolean;
  readonly unread: readonly Condition[];
  /** Whether it would have taken too long to decide. */
  readonly isGivenUp?: true;
  /** Whether it is a service of AWS that acts for the role's own account alone. */
  readonly isOfService?: true;
  /** Whether it is the role's own account alone, which is no other though it was not said to be ours. */
  readonly isOfAccount?: true;
  /** Whom of the others, where they can be named. */
  readonly owners: readonly string[];
  /** The applications that all others sign in to, where they can be named: those who do cannot. */
  readonly applications?: readonly string[];
  /** Why nobody is allowed, or why it was given up, a sentence, where that is known. */
  readonly why?: string;
  /** Somebody else who is allowed where there is one, else one of ours. */
  readonly witness?: Witness | undefined;
}

/** A token, or an AWS principal, that is allowed. */
export interface Witness {
  /** Of a token; of an AWS principal its condition keys. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Condition keys that the request must have with it. */
  readonly request: Readonly<Record<string, string>>;
}

/**
 * Asks a question, and has the evaluator say of what is found whether it is so.
 *
 * @param isAllowed - as the evaluator says it of a witness, at a time
 */
export function admitted(
  question: Question,
  { where, issuer, isOurs }: { readonly where: string; readonly issuer: string; readonly isOurs: boolean },
  isAllowed: (witness: Witness, now: number) => boolean,
): Admitted {
  const { shapes, allow, now } = question;
  try {
    const { among, isOfOthers, unread, request } = isOurs ? answerTo(question, isOurs) : knownAnswerTo(question);
    const common = { where, issuer, unread };
    // Nobody at most is nobody.
    if (!among) return { ...common, reach: 'nobody', exact: true, owners: [] };
    const { now: at, ...witness } = witnessOf(among, request, issuer, now);
    // What a subject says of its token behind a wildcard, or a second time, is looked at in what was found alone.
    const isConsistent = isConsistentToken(witness.claims);
    const isSeen = isConsistent && saysSo(isAllowed, witness, at);
    return {
      ...common,
      unread: isConsistent ? unread : [...new Set([...unread, ...ofSubjects(question)])],
      reach: !isOfOthers ? 'only mine' : among.owners ? 'named others' : unbounded([among.shape]),
      exact: isSeen && unread.length === 0,
      owners: isOfOthers ? (among.owners ?? []) : [],
      ...(among.applications ? { applications: among.applications } : {}),
      witness: isSeen ? witness : undefined,
    };
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error;
    // To read all of it is work as well, for the evaluator too.
    const isUnseen = isTooLarge(question);
    const examples = isUnseen ? [] : shapes.map((shape) => exampleOf(shape, issuer, now));
    const witness = examples.find((one) => saysSo(isAllowed, one, now));
    return {
      where,
      issuer,
      reach: isOurs ? 'only mine' : unbounded(shapes),
      exact: false,
      unread: isUnseen ? [] : allow,
      isGivenUp: true,
      why: 'To decide it would take longer than the bound.',
      owners: [],
      witness,
    };
  }
}

/** Whether the evaluator says that somebody is allowed: of what it would not look at it says nothing. */
function saysSo(isAllowed: Parameters<typeof admitted>[2], witness: Witness, now: number): boolean {
  try {
    return isAllowed(witness, now);
  } catch (error) {
    if (error instanceof MalformedPolicyError) return false;
    throw error;
  }
}

/** Who is allowed, before the evaluator was asked. */
interface Answer {
  /** Somebody who is; undefined where nobody is. */
  readonly among: Among | undefined;
  /** Whether that is nobody of ours. */
  readonly isOfOthers: boolean;
  readonly unread: readonly Condition[];
  /** What must come with it. */
  readonly request: Readonly<Record<string, string>>;
}

function answerTo(question: Question, isOurs: boolean): Answer {
  const { shapes, mine } = question;
  const asked = new Asked(question);
  const strangers = isOurs ? undefined : strangersAmong(asked, question);
  const among = strangers ?? (isOurs || mine.length > 0 ? anyAmong(asked, shapes) : undefined);
  const request = among ? asked.requestOf(among.found.options) : {};
  return { among, isOfOthers: strangers !== undefined, unread: among?.isRead ? [] : asked.unread, request };
}

const answers = new Answers<Answer & { readonly conditions: readonly Condition[] }>();

/** The same, once for all questions that differ in names alone. */
function knownAnswerTo(question: Question): Answer {
  const named = renamed(question);
  if (!named) return answerTo(question, false);
  const { among, unread, conditions, ...answer } = answers.of(question, named.key, () => ({
    ...answerTo({ ...question, ...named }, false),
    conditions: conditionsOf(named),
  }));
  const own = conditionsOf(question);
  return {
    ...answer,
    among: among && withNames(among, named, question.iss),
    unread: unread.map((one) => own[conditions.indexOf(one)] ?? one),
  };
}

const ofSubjects = ({ allow, deny, scope }: Question) =>
  conditionsOf({ allow, deny }).filter(({ key }) => scope.claimsOf(key.toLowerCase())?.includes('sub'));

const conditionsOf = ({ allow, deny }: Pick<Question, 'allow' | 'deny'>) => [...allow, ...deny.flat()];

/** @param iss - the owner where tokens name none, which was not renamed */
function withNames({ found, owners, applications, ...among }: Among, { back }: Renamed, iss: string): Among {
  return {
    ...among,
    found: foundWithNames(found, back),
    owners: owners?.map((one) => (one === iss ? one : back(one))),
    applications: applications?.map(back),
  };
}

/** A token of a question that was renamed as the question itself has it. */
export function foundWithNames({ fields, options, lists }: Found, back: Renamed['back']): Found {
  const named = Object.entries(fields).map(([name, text]) => [name, back(text)]);
  const listed = Object.entries(lists).map(([name, texts]) => [name, texts.map(back)]);
  return { fields: Object.fromEntries(named), options, lists: Object.fromEntries(listed) };
}

/** How far it reaches where nobody can be named. */
const unbounded = (shapes: readonly TokenShape[]): Reach =>
  shapes.some(({ isOfGuests }) => isOfGuests) ? 'anybody' : 'any account';

interface Among {
  readonly shape: TokenShape;
  readonly found: Found;
  /** Undefined where there are too many to be named. */
  readonly owners: readonly string[] | undefined;
  readonly applications?: readonly string[] | undefined;
  /** Whether all was read that says how far it reaches: of whoever else is allowed it makes no difference. */
  readonly isRead?: boolean;
}

/** One of the tokens of others that are allowed, and whose all of them are; undefined where there is none. */
function strangersAmong(asked: Asked, question: Question): Among | undefined {
  const all: Among[] = [];
  const most = mostNamesOf(question.allow);
  const mayBeWorse = question.shapes.some(({ isOfGuests, application }) => isOfGuests || application);
  for (const shape of question.shapes) {
    const tokens = asked.tokensOf(shape, true);
    const found = tokens?.example();
    if (!tokens || !found) continue;
    const applications = shape.application && namesIn({ tokens, shape, most }, shape.application)[0];
    const owners = ownersIn({ tokens, shape, most }, question);
    all.push({ shape, found, owners, applications });
    // Whoever else is allowed makes no difference any more.
    if (!owners && !mayBeWorse && asked.isRead(shape)) break;
  }
  // Of those that cannot be named who has no account is the worst.
  const byRead = [...all].sort((one, other) => Number(asked.isRead(other.shape)) - Number(asked.isRead(one.shape)));
  const unnamed = byRead.filter(({ owners }) => owners === undefined);
  const guests = unnamed.find(({ shape }) => shape.isOfGuests);
  const first = guests ?? unnamed[0] ?? all[0];
  if (!first) return undefined;
  const owners = together(
    all.map((one) => one.owners),
    most,
  );
  const applications = owners
    ? undefined
    : together(
        unnamed.map((one) => one.applications),
        most,
      );
  // Nobody beyond them can be allowed whom what was not read would keep out.
  const isRead = owners === undefined && applications === undefined && asked.isRead(first.shape);
  return { ...first, owners, applications, isRead };
}

/** All of these; undefined where some are not known, or there are too many. */
function together(all: readonly (readonly string[] | undefined)[], most: number): readonly string[] | undefined {
  const known = all.flatMap((one) => (one ? [one] : []));
  const names = [...new Set(known.flat())];
  return known.length === all.length && names.length <= most ? names : undefined;
}

/** One of the tokens that are allowed. */
function anyAmong(asked: Asked, shapes: readonly TokenShape[]): Among | undefined {
  for (const shape of shapes) {
    const found = asked.tokensOf(shape, false)?.example();
    if (found) return { shape, found, owners: [] };
  }
  return undefined;
}

/** A token that says nothing in particular. */
function exampleOf(shape: TokenShape, iss: string, now: number): Witness {
  const fields = Object.fromEntries(Object.entries(shape.fields).map(([name, { example }]) => [name, example]));
  return { claims: claimsOf({ shape, found: { fields, options: [], lists: {} } }, iss, now), request: {} };
}

/** A token that was found, with what comes with it, at a time that it is good for. @param coming - condition keys of the request */
export function witnessOf(
  among: Pick<Among, 'shape' | 'found'>,
  coming: Readonly<Record<string, string>>,
  iss: string,
  now: number,
) {
  const { 'aws:CurrentTime': current, 'aws:EpochTime': _, ...request } = coming;
  const at = current === undefined ? now : Date.parse(current) / 1000;
  return { claims: claimsOf(among, iss, at), request, now: at };
}

function claimsOf({ shape, found }: Pick<Among, 'shape' | 'found'>, iss: string, at: number): Witness['claims'] {
  const claims: Record<string, unknown> = {};
  for (const [name, parts] of Object.entries(shape.claims)) {
    const text = textOf(parts, found.fields);
    if (text !== undefined) claims[name] = text;
  }
  for (const [name, { always = [] }] of Object.entries(shape.lists ?? {})) {
    const list = found.lists[name] ?? always;
    if (list.length > 0) claims[name] = list.length === 1 && shape.claims[name] ? list[0] : list;
    else if (found.lists[name]) delete claims[name];
  }
  const whole = Math.floor(at);
  const { sub, aud, ...others } = claims;
  // What AWS presents for itself is no token.
  if (aud === undefined) return others;
  return { iss, ...(sub === undefined ? {} : { sub }), aud, ...others, iat: whole, nbf: whole, exp: whole + 300 };
}
