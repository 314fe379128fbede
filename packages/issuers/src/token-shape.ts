/** A language of texts, as data. */
export type Language =
  /** This text. */
  | string
  /** This text, whatever the case of its letters. */
  | { readonly anyCase: string }
  /** One character or more of these, as between the brackets of a regular expression: `a-z0-9_-`, or `^:` for all but a colon. */
  | { readonly chars: string /** So many of them. */; readonly length?: number }
  | { readonly sequence: readonly Language[] }
  | { readonly anyOf: readonly Language[] }
  /** None or more of it. */
  | { readonly many: Language };

/** What an issuer writes into a field of its tokens, and a value that a reader of an example understands. */
export interface TokenField {
  readonly language: Language;
  readonly example: string;
  /** Whether a token may be without it. */
  readonly optional?: true;
  /** Whether two spellings of it that differ in case are of the same. */
  readonly anyCase?: true;
}

/** A part of a claim: a text, or what stands in a field. */
export type ClaimPart = string | { readonly field: string /** Colons are written as %3A. */; readonly escaped?: true };

/** A claim that is a list of texts, or one of them, whatever the rest of a token says. */
export interface ListClaim {
  readonly each: Language;
  /** Texts that are always among them. */
  readonly always?: readonly string[];
  /** Whether a token may be without it. */
  readonly optional?: true;
  /** Whether it is documented of set operators alone what they say of it. */
  readonly isMultivalued?: true;
}

/**
 * All tokens of one form that an issuer signs. Its claims are made of fields which are independent of each other: `sub` and `repository`
 * of one token name the same repository, since both have the same field. Never less than what the issuer signs; more where a claim
 * hangs on another in a way that is not said here.
 */
export interface TokenShape {
  /** In the order in which claims have them. */
  readonly fields: Readonly<Record<string, TokenField>>;
  readonly claims: Readonly<Record<string, readonly ClaimPart[]>>;
  /** Fields of which each tells one owner from another. Empty where the issuer's URL does. */
  readonly owner: readonly string[];
  /** A field of the owner in which some texts are shared by strangers, whom another field tells there: a mailbox of a public domain. */
  readonly shared?: { readonly field: string; readonly by: string; readonly isShared: (text: string) => boolean };
  /** Claims that may be lists: where one stands among `claims` too, that is what it is of which nothing is asked. */
  readonly lists?: Readonly<Record<string, ListClaim>>;
  /** Fields that tell the application which users sign in to: whose users they are, and not who they are. */
  readonly application?: readonly string[];
  /** Whether whoever likes has such tokens, without an account. */
  readonly isOfGuests?: true;
  /** Whether tokens may have claims that are not told here. */
  readonly isOpen?: true;
  /**
   * Whether words that do not stand in the shape itself mean nothing: one in the place of another makes another of its tokens. Said where
   * to find out takes long; a test of `packages/trust` does.
   */
  readonly isOfAnyNames?: true;
}

/** A shape in which other names than its own mean nothing, as it says then. */
export const ofAnyNames = (shape: TokenShape): TokenShape => ({ ...shape, isOfAnyNames: true });

/** A claim that is one field of the same name. */
export const ofField = (field: string): readonly ClaimPart[] => [{ field }];

/** A field that every token has. */
export const field = (language: Language, example: string): TokenField => ({ language, example });
/** A field that a token may be without. */
export const optional = (language: Language, example: string): TokenField => ({ language, example, optional: true });

/** Any text but an empty one. */
export const anything: Language = { chars: '^' };
/** Any text. */
export const text: Language = { anyOf: ['', anything] };
/**
 * How somebody signed in [RFC 8176]. "The key is multivalued, meaning that you test it in a policy using condition set operators"
 * [IAM User Guide, "Available keys for AWS OIDC federation"].
 */
export const amr: ListClaim = { each: text, optional: true, isMultivalued: true };
/** Of an issuer of which it is not known that these are no lists. */
export const anyLists: Readonly<Record<string, ListClaim>> = {
  amr,
  aud: { each: anything },
  email: { each: text, optional: true },
};
/** A text without colons, and not empty. */
export const noColon: Language = { chars: '^:' };
/** What stands between colons, none of it empty. */
export const rest: Language = { many: { sequence: [':', noColon] } };
/** A whole number as one is written, without zeros before it. */
export const digits: Language = {
  anyOf: ['0', { sequence: [{ chars: '1-9', length: 1 }, { anyOf: ['', { chars: '0-9' }] }] }],
};
/** A GUID, in lower case. */
export const guid: Language = {
  sequence: [8, 4, 4, 4, 12].flatMap((length, index): Language[] => [
    ...(index === 0 ? [] : ['-']),
    { chars: '0-9a-f', length },
  ]),
};
/** Of 16 bytes in base64url what is left over of the last character's bits is zero. */
export const base64Guid: Language = {
  sequence: [
    { chars: 'A-Za-z0-9_-', length: 21 },
    { chars: 'AQgw', length: 1 },
  ],
};
/** A GUID that is no one's. */
export const exampleId = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
/** A text without slashes, and not empty. */
export const noSlash: Language = { chars: '^/' };

/** All texts that begin with none of these, none of which is empty. */
export function beginningWithNone(prefixes: readonly string[]): Language {
  const firsts = [...new Set(prefixes.map((one) => one.charAt(0)))];
  const further = firsts.flatMap((first): Language[] => {
    const rests = prefixes.filter((one) => one.startsWith(first)).map((one) => one.slice(1));
    return rests.includes('') ? [] : [{ sequence: [first, beginningWithNone(rests)] }];
  });
  return { anyOf: ['', { sequence: [{ chars: `^${firsts.join('')}` }, text] }, ...further] };
}

/** A shape of a subject in one order, with further claims that are fields of their own name. */
export function shapeOf(
  subject: readonly ClaimPart[],
  fields: Readonly<Record<string, TokenField>>,
  {
    owner = [],
    claims = {},
    others = {},
  }: Partial<Pick<TokenShape, 'owner' | 'claims'>> & { others?: Readonly<Record<string, TokenField>> } = {},
): TokenShape {
  const all = { ...others, aud: field(anything, 'sts.amazonaws.com') };
  const own = Object.fromEntries(Object.keys(all).map((name) => [name, ofField(name)]));
  return { fields: { ...fields, ...all }, claims: { ...own, ...claims, sub: subject }, owner };
}
