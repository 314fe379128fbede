import { isLoopback } from '@fedbridge/core/endpoint';
import { patternMatcher } from '@fedbridge/core/pattern';
import { gitHub, gitHubIssuer, type Issuer, issuers } from '@fedbridge/issuers';

/** In the place of a subject, in a flexible federated credential. Source: Microsoft Graph, `federatedIdentityExpression`. */
export interface ClaimsMatchingExpression {
  readonly value: string;
  /** 1 is all there is. */
  readonly languageVersion: number;
}

/** `claims['sub'] matches 'repo:octo/app:*'`. All of an expression must hold. */
export interface ClaimTest {
  readonly claim: string;
  readonly operator: 'eq' | 'matches';
  readonly comparand: string;
}

/** A text that is no expression. */
class ExpressionSyntaxError extends Error {
  override readonly name = 'ExpressionSyntaxError';
  static readonly code = 'ExpressionSyntaxError';
  /** From 1. */
  readonly column: number;

  constructor(what: string, column: number) {
    super(`column ${column}: ${what}`);
    this.column = column;
  }
}

/**
 * Reads an expression: claim look-ups, operators and comparands with one space between them, joined by `and`.
 * Source: Microsoft Learn, "Flexible federated identity credentials". A quote "is an escape character" there: that two of them are one
 * in a comparand was not seen.
 *
 * @throws ExpressionSyntaxError
 */
export function parseExpression(value: string): readonly ClaimTest[] {
  const tests: ClaimTest[] = [];
  let at = 0;
  const fail = (what: string): never => {
    throw new ExpressionSyntaxError(what, at + 1);
  };
  const take = (text: string, what: string) => {
    if (!value.startsWith(text, at)) fail(what);
    at += text.length;
  };
  const word = () => {
    const start = at;
    while (/[\w./-]/.test(value[at] ?? '')) at += 1;
    return value.slice(start, at);
  };
  do {
    if (tests.length > 0) take(' and ', 'the end or " and " is expected here');
    take("claims['", "claims['<name>'] is expected here, with straight quotes");
    const claim = word();
    if (claim === '') fail('the name of a claim is expected here');
    take("'] ", "'] and one space are expected here");
    const operator = word();
    if (operator !== 'eq' && operator !== 'matches') {
      at -= operator.length;
      return fail('eq or matches is expected here');
    }
    take(" '", 'one space and a straight quote are expected here');
    const parts: string[] = [];
    for (let isOpen = true; isOpen; ) {
      const end = value.indexOf("'", at);
      if (end < 0) fail('the text that begins here does not end');
      isOpen = value[end + 1] === "'";
      parts.push(value.slice(at, end + (isOpen ? 1 : 0)));
      at = end + (isOpen ? 2 : 1);
    }
    tests.push({ claim, operator, comparand: parts.join('') });
  } while (at < value.length);
  return tests;
}

/**
 * The tests of a flexible credential, or why Entra takes no such credential.
 * Its own words: "Expression configured for issuer '…' either lacks all required claims or contains unallowed claims."
 */
export function claimTestsOf(
  { value, languageVersion }: ClaimsMatchingExpression,
  issuer: string,
):
  | { readonly tests: readonly ClaimTest[]; readonly problem?: undefined }
  | { readonly tests?: undefined; readonly problem: string } {
  if (languageVersion !== 1) return { problem: `its languageVersion is ${languageVersion}, not 1` };
  try {
    const tests = parseExpression(value);
    const problem = unknownTo(issuer, tests);
    return problem === undefined ? { tests } : { problem };
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) return { problem: error.message };
    throw error;
  }
}

function unknownTo(issuer: string, tests: readonly ClaimTest[]): string | undefined {
  const subject = tests.find(({ claim }) => claim === 'sub')?.comparand ?? '';
  const allowed = flexibleClaimsOf(issuer, subject);
  if (!allowed) return `there are no expressions for the issuer ${issuer}`;
  for (const { claim, operator } of tests) {
    const operators = Object.hasOwn(allowed.operators, claim) ? allowed.operators[claim] : undefined;
    if (!operators) return `the claim ${claim} is none that an expression of this issuer may test`;
    if (!operators.includes(operator)) return `the claim ${claim} is tested with ${operators.join(' or ')} alone`;
  }
  const missing = allowed.required.find((group) => !tests.some(({ claim }) => group.includes(claim)));
  return missing && `it must test ${missing.join(' or ')} too`;
}

/** What an issuer of any address may say is told by its subjects; on loopback, where an emulator signs, for GitHub as well. */
function flexibleClaimsOf(issuer: string, subject: string): ReturnType<Issuer['flexibleClaims']> {
  const byUrl = issuers.find((one) => one.is(issuer));
  if (byUrl) return byUrl.flexibleClaims(issuer);
  const bySubject = issuers.find((one) => one.subjectParts(subject) !== undefined);
  const isHere = URL.canParse(issuer) && isLoopback(new URL(issuer));
  return bySubject?.flexibleClaims(isHere && bySubject === gitHub ? gitHubIssuer : issuer);
}

/** The first test that does not hold for a token's claims; undefined if all do. */
export function failingTest(
  tests: readonly ClaimTest[],
  claims: Readonly<Record<string, unknown>>,
): ClaimTest | undefined {
  return tests.find(({ claim, operator, comparand }) => {
    const actual = claimText(claims, claim);
    if (actual === undefined) return true;
    return operator === 'eq' ? actual !== comparand : !patternMatcher(actual)(comparand);
  });
}

/** A claim as an expression compares it; undefined where it is none of a text and a whole number. */
export function claimText(claims: Readonly<Record<string, unknown>>, claim: string): string | undefined {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  if (typeof value === 'string') return value;
  return Number.isSafeInteger(value) ? String(value) : undefined;
}
