import { type ExchangeRow, uri } from './entra-exchange.ts';

/** The credentials of a row, for a token of this issuer. */
export function credentialsOf({ credentials }: ExchangeRow, issuer: string) {
  return credentials.map(({ issuer: own, subject = null, expression, audience = uri }, index) => ({
    name: `credential-${index}`,
    issuer: own?.(issuer) ?? issuer,
    subject,
    ...(expression === undefined ? {} : { claimsMatchingExpression: { value: expression, languageVersion: 1 } }),
    audiences: [audience],
  }));
}
