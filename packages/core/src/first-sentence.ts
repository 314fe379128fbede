import { visible } from './inert.ts';

const longest = 300;
/** Characters that are looked at: what is shown is at the beginning, and an answer may be made to keep whoever reads it busy. */
const mostRead = 4_096;

/** Three parts, of which the first is a JSON object in Base64url, or such an object alone. */
const aToken = /\be[yw3][\w-]*\.[\w-]+\.[\w-]*|eyJ[\w-]{8,}(\.[\w-]*)*/g;

/**
 * The first sentence of what the other side wrote, in one line, without anything that could be a secret: services repeat what they
 * were sent, and what they were sent is a token.
 *
 * @param secrets - what was sent; tokens are found without it
 */
export function firstSentence(text: string, ...secrets: readonly string[]): string {
  const hidden = secrets.reduce((shown, secret) => (secret ? shown.replaceAll(secret, '***') : shown), text);
  const line = visible(withoutTokens(hidden.replace(/\s+/g, ' ').trim(), '***'));
  // An abbreviation is no end: what follows begins with a capital or an address.
  const [sentence = line] = /^.*?[.!?](?=\s+(?:\p{Lu}|https?:)|$)/u.exec(line) ?? [];
  return sentence.length > longest ? `${sentence.slice(0, longest)}…` : sentence;
}

/** The first 4 kB of a text, with something else in the place of each token. */
export function withoutTokens(text: string, instead: string): string {
  return text.slice(0, mostRead).replace(aToken, instead);
}
