/**
 * Words of a text: letters and digits of ASCII that stand together. A colon that is written as %3A is no word, but stands between two, as it
 * does where it is written as it is.
 */
const words = /%3A|[A-Za-z0-9]+/g;
const colon = '%3A';

/** The words of a text, in their order. */
export function wordsIn(text: string): readonly string[] {
  return (text.match(words) ?? []).filter((one) => one !== colon);
}

/** A text with other words in the place of its own. */
export function withWords(text: string, wordFor: (word: string) => string): string {
  return text.replace(words, (one) => (one === colon ? one : wordFor(one)));
}

/** All texts in something, and sources of regular expressions. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof RegExp) return [value.source];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Words of a pattern that a wildcard goes on from or to: they are pieces of words that may be longer. */
export function piecesIn(pattern: string): readonly string[] {
  return [...pattern.matchAll(words)].flatMap(({ 0: word, index }) =>
    word !== colon && (isWildcard(pattern[index - 1]) || isWildcard(pattern[index + word.length])) ? [word] : [],
  );
}

const isWildcard = (unit: string | undefined) => unit === '*' || unit === '?';

/** Words that are made in one way. */
export interface Kind {
  /** Characters that one begins with, that it has, and of which it has one at least, as `charsOf` reads them. */
  readonly first: string;
  readonly units: string;
  readonly must: string;
  /** Whether only those are alike that are of one length. */
  readonly isOfLength: boolean;
  readonly fits: RegExp;
  /** Made-up words of it. */
  readonly word: (index: number, length: number) => string;
}

const letter = (index: number) => String.fromCharCode(97 + (index % 26));
const madeUp = (index: number) => `zq${letter(index)}${Math.floor(index / 26)}x`;

/**
 * Numbers without zeros before them; names in lower case, with a capital, and with a digit first. What may be a part of a GUID or of a commit is none of these: that
 * means something.
 */
export const kinds: readonly Kind[] = [
  {
    ...{ first: '1-9', units: '0-9', must: '0-9', isOfLength: true },
    fits: /^[1-9]\d{1,19}$/,
    word: (index, length) => String(10n ** BigInt(length) - 1n - BigInt(index)),
  },
  { first: 'a-z', units: 'a-z0-9', must: 'g-z', isOfLength: false, fits: /^(?=.*[g-z])[a-z][a-z\d]*$/, word: madeUp },
  {
    ...{ first: 'a-zA-Z', units: 'a-zA-Z0-9', must: 'G-Z', isOfLength: false },
    fits: /^(?=.*[G-Z])[a-zA-Z][a-zA-Z\d]*$/,
    word: (index) => `Z${madeUp(index)}`,
  },
  {
    ...{ first: '0-9', units: 'a-z0-9', must: 'g-z', isOfLength: false },
    fits: /^(?=.*[g-z])\d[a-z\d]*$/,
    word: (index) => `9${madeUp(index)}`,
  },
];

/** Undefined for a word that is of none. */
export const kindOf = (word: string): Kind | undefined => kinds.find(({ fits }) => fits.test(word));
