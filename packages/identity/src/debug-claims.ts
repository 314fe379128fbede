import type { IdTokenSource } from './source.ts';

/** The same source, which tells the claims of each token to whoever debugs. */
export function debugClaims(source: IdTokenSource, debug: (line: string) => void): IdTokenSource {
  return {
    name: source.name,
    audience: source.audience,
    getIdToken: async (audience) => {
      const token = await source.getIdToken(audience);
      debug(`ID token of ${source.name}: ${JSON.stringify(token.claims)}`);
      return token;
    },
  };
}
