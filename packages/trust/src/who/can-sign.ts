import { tokenShapesOf } from '@fedbridge/issuers';
import { canBe } from './claim-texts.ts';

/** Some claims of a token, with a text each. */
export type SomeClaims = Readonly<Record<string, string>>;

/**
 * Whether an issuer can sign a token that has these claims, and none of `without`, as far as is known of it: of one that is not known it
 * can. Each claim is looked at by itself.
 */
export function canSign(iss: string, claims: SomeClaims, without: readonly string[] = []): boolean {
  return tokenShapesOf(iss, claims.sub).some((shape) => {
    const isOptional = (claim: string) =>
      shape.claims[claim]?.some((part) => typeof part === 'object' && shape.fields[part.field]?.optional) ?? true;
    const fits = ([claim, text]: readonly [string, string]) => {
      if (!shape.claims[claim]) return shape.isOpen === true && !without.includes(claim);
      return shape.lists?.[claim] !== undefined || canBe(shape, claim, { text, literal: none }, false);
    };
    return Object.entries(claims).every(fits) && without.every(isOptional);
  });
}

const none: ReadonlySet<number> = new Set();
