import { FedbridgeError, matchesPattern } from '@fedbridge/core';
import type { IdToken } from './id-token.ts';

/** Claims that an ID token must have, each with a pattern for its value. */
export type RequiredClaims = readonly (readonly [name: string, pattern: string])[];

/**
 * Returns the token if it has all of these claims. A claim with several values must have a match for each of them. Texts, booleans
 * and whole numbers are compared; the text of anything else is not unique, so that it matches nothing.
 *
 * @throws FedbridgeError `ID_TOKEN_CLAIM`
 */
export function checkClaims(token: IdToken, required: RequiredClaims): IdToken {
  for (const [name, pattern] of required) {
    const claim = Object.hasOwn(token.claims, name) ? token.claims[name] : undefined;
    const values: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
    const texts = values.map(comparable);
    if (texts.length > 0 && texts.every((text) => text !== undefined && matchesPattern(text, pattern))) continue;
    throw new FedbridgeError(
      'ID_TOKEN_CLAIM',
      `The ID token's claim "${name}" ${found(claim, texts)}; "${pattern}" is required.`,
      {
        presented: token.presented,
        breaksGuard: true,
        hint: 'It was not sent anywhere. This job is not one that the required claims allow.',
      },
    );
  }
  return token;
}

function comparable(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  // Beyond 2^53 different numbers have the same text.
  return typeof value === 'boolean' || Number.isSafeInteger(value) ? String(value) : undefined;
}

function found(claim: unknown, texts: readonly (string | undefined)[]): string {
  if (claim === undefined) return 'is not there';
  if (texts.length > 0 && texts.every((text) => text !== undefined)) return `is "${texts.join(', ')}"`;
  return 'is not comparable: it is neither a text, a boolean, a whole number below 2^53, nor a list of these';
}
