import type { TokenShape } from '@fedbridge/issuers';
import type { Condition } from '../policy.ts';
import { TooMuchWork } from './alphabet.ts';
import { Asked, type Question } from './question.ts';
import type { Found } from './token-graph.ts';

/**
 * How far something reaches, ascending: to nobody; to what is ours alone; to owners that can be named; to anybody who has an account at
 * the issuer.
 */
export type Reach = 'nobody' | 'only mine' | 'named others' | 'any account';

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
  /** Whether it is a service of AWS that acts for the role's own account alone. */
  readonly isOfService?: true;
  /** Whom of the others, where they can be named. */
  readonly owners: readonly string[];
  /** Somebody else who is allowed where there is one, else one of ours. */
  readonly witness?: Witness | undefined;
}

export interface Witness {
  /** Of a token; of an AWS principal its condition keys. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Condition keys that the request must have with it. */
  readonly request: Readonly<Record<string, string>>;
}

/** More owners than this are not named. */
const mostOwners = 20;

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
  const { shapes, allow, mine, now } = question;
  try {
    const asked = new Asked(question);
    const strangers = isOurs ? undefined : strangersAmong(asked, question);
    const found = strangers ?? (isOurs || mine.length > 0 ? anyAmong(asked, shapes) : undefined);
    const unread = [...asked.unread];
    const common = { where, issuer, unread };
    // Nobody at most is nobody.
    if (!found) return { ...common, reach: 'nobody', exact: true, owners: [] };
    const { now: at, ...witness } = witnessOf(found, asked, issuer, now);
    const isSeen = isAllowed(witness, at);
    return {
      ...common,
      reach: !strangers ? 'only mine' : found.owners ? 'named others' : 'any account',
      exact: unread.length === 0 && isSeen,
      owners: strangers ? (found.owners ?? []) : [],
      witness: isSeen ? witness : undefined,
    };
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error;
    const witness = shapes.map((shape) => exampleOf(shape, issuer, now)).find((one) => isAllowed(one, now));
    return { where, issuer, reach: 'any account', exact: false, unread: allow, owners: [], witness };
  }
}

interface Among {
  readonly shape: TokenShape;
  readonly found: Found;
  /** Undefined where there are too many to be named. */
  readonly owners: readonly string[] | undefined;
}

/** One of the tokens of others that are allowed, and whose all of them are; undefined where there is none. */
function strangersAmong(asked: Asked, { shapes, iss, mine }: Question): Among | undefined {
  const ours = new Set(mine.map(({ name }) => name?.toLowerCase()));
  const all = shapes.flatMap((shape) => {
    const tokens = asked.tokensOf(shape, true);
    const found = tokens?.example();
    if (!tokens || !found) return [];
    if (shape.owner.length === 0) return [{ shape, found, owners: [iss] }];
    const named = shape.owner.flatMap((field) => {
      const values = tokens.valuesOf(field, mostOwners)?.map((value) => nameOf(field, value));
      return values ? [values] : [];
    });
    // Somebody else may have one of our names, and is told by his id.
    const told = named.find((one) => !one.some((name) => ours.has(name.toLowerCase())));
    return [{ shape, found, owners: told ?? named[0] }];
  });
  const first = all.find(({ owners }) => owners === undefined) ?? all[0];
  if (!first) return undefined;
  const owners = all.every((one) => one.owners) ? [...new Set(all.flatMap((one) => one.owners ?? []))] : undefined;
  return { ...first, owners: owners && owners.length <= mostOwners ? owners : undefined };
}

/** One of the tokens that are allowed. */
function anyAmong(asked: Asked, shapes: readonly TokenShape[]): Among | undefined {
  for (const shape of shapes) {
    const found = asked.tokensOf(shape, false)?.example();
    if (found) return { shape, found, owners: [] };
  }
  return undefined;
}

/** An id as users write it. */
const nameOf = (field: string, value: string) =>
  field === 'repositoryId' ? `repository @${value}` : /id$/i.test(field) ? `@${value}` : value;

/** A token that says nothing in particular. */
function exampleOf(shape: TokenShape, iss: string, now: number): Witness {
  const fields = Object.fromEntries(Object.entries(shape.fields).map(([name, { example }]) => [name, example]));
  return { claims: claimsOf({ shape, found: { fields, options: [] } }, iss, now), request: {} };
}

/** A token that was found, with what comes with it, at a time that it is good for. */
export function witnessOf(among: Pick<Among, 'shape' | 'found'>, asked: Asked, iss: string, now: number) {
  const { 'aws:CurrentTime': current, 'aws:EpochTime': _, ...request } = asked.requestOf(among.found.options);
  const at = current === undefined ? now : Date.parse(current) / 1000;
  return { claims: claimsOf(among, iss, at), request, now: at };
}

function claimsOf({ shape, found }: Pick<Among, 'shape' | 'found'>, iss: string, at: number): Witness['claims'] {
  const claims = Object.entries(shape.claims).flatMap(([name, parts]) => {
    const texts = parts.map((part) => {
      if (typeof part === 'string') return part;
      const text = found.fields[part.field];
      return part.escaped ? text?.replaceAll(':', '%3A') : text;
    });
    return texts.every((text) => text !== undefined) ? [[name, texts.join('')] as const] : [];
  });
  const whole = Math.floor(at);
  const { sub, aud, ...others } = Object.fromEntries(claims);
  // What AWS presents for itself is no token.
  if (aud === undefined) return others;
  return { iss, ...(sub === undefined ? {} : { sub }), aud, ...others, iat: whole, nbf: whole, exp: whole + 300 };
}
