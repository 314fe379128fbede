import { FedbridgeError, matchesPattern } from '@fedbridge/core';
import type { IdToken } from './id-token.ts';
import type { IdTokenSource } from './source.ts';

/**
 * The same source, whose tokens are handed out only if they have these claims. A claim with several values must have a
 * match for each of them.
 *
 * @param required - patterns by the claim's name
 */
export function requireClaims(source: IdTokenSource, required: ReadonlyMap<string, string>): IdTokenSource {
  return {
    name: source.name,
    audience: source.audience,
    getIdToken: async (audience) => checkClaims(await source.getIdToken(audience), required),
  };
}

/** @throws FedbridgeError `ID_TOKEN_CLAIM` */
function checkClaims(token: IdToken, required: ReadonlyMap<string, string>): IdToken {
  for (const [name, pattern] of required) {
    const claim = Object.hasOwn(token.claims, name) ? token.claims[name] : undefined;
    const values = (Array.isArray(claim) ? claim : [claim]).filter((value) => value !== undefined);
    if (values.length > 0 && values.every((value) => matchesPattern(String(value), pattern))) continue;
    const is = values.length === 0 ? 'is not there' : `is "${values.join(', ')}"`;
    throw new FedbridgeError('ID_TOKEN_CLAIM', `The ID token's claim "${name}" ${is}; "${pattern}" is required.`, {
      presented: token.presented,
      hint: 'It was not sent anywhere. This job is not one that the required claims let through.',
    });
  }
  return token;
}
