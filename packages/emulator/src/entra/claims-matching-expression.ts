import type { Claims } from '../server/jwt.ts';
import { CredentialProblem } from './credential-problem.ts';

interface Term {
  readonly claim: string;
  readonly operator: string;
  readonly comparand: string;
}

/** What GitHub's claims may be compared by; of other issuers there is `sub` alone. */
const ofGitHub: Readonly<Record<string, readonly string[]>> = {
  sub: ['eq', 'matches'],
  job_workflow_ref: ['eq', 'matches'],
  repository_id: ['eq'],
  repository_owner_id: ['eq'],
};
const ofOthers: typeof ofGitHub = { sub: ['eq', 'matches'] };

/**
 * Checks the expression of a flexible federated credential as it is created.
 * Source: Microsoft Learn, "Flexible federated identity credentials", 2026-08-14.
 *
 * @throws CredentialProblem
 */
export function parseExpression(
  { value, languageVersion }: { readonly value: string; readonly languageVersion: number },
  isGitHub: boolean,
): readonly Term[] {
  const bad = (message: string) => new CredentialProblem('BadRequest', `${message}: ${value}`);
  if (languageVersion !== 1) throw bad('There is language version 1 alone');
  const terms = termsOf(value);
  if (!terms) throw bad('The claims matching expression is not valid');
  const known = isGitHub ? ofGitHub : ofOthers;
  const other = terms.find(({ claim, operator }) => !Object.hasOwn(known, claim) || !known[claim]?.includes(operator));
  if (other) throw bad(`The claim ${other.claim} is not compared by ${other.operator}`);
  const has = (...claims: readonly string[]) => terms.some(({ claim }) => claims.includes(claim));
  if (!has('sub') || (isGitHub && !has('repository_id', 'repository_owner_id'))) {
    throw bad(`The expression must have sub${isGitHub ? ' and one of repository_id and repository_owner_id' : ''}`);
  }
  return terms;
}

/** Whether a token's claims are as an expression says, each of its parts. */
export function fits(expression: string, claims: Claims): boolean {
  const terms = termsOf(expression) ?? [];
  return (
    terms.length > 0 &&
    terms.every(({ claim, operator, comparand }) => {
      const value = claims[claim];
      if (typeof value !== 'string') return false;
      return operator === 'eq' ? value === comparand : isLike(value, comparand);
    })
  );
}

/** `claims['<name>'] <operator> '<comparand>'`, joined by `and`, one space around each. */
function termsOf(expression: string): readonly Term[] | undefined {
  const term = /claims\['(\w+)'\] (eq|matches) '([^']*)'(?: and (?=claims)|$)/y;
  const terms: Term[] = [];
  while (term.lastIndex < expression.length) {
    const [, claim, operator, comparand] = term.exec(expression) ?? [];
    if (claim === undefined || operator === undefined || comparand === undefined) return undefined;
    terms.push({ claim, operator, comparand });
  }
  return terms.length > 0 ? terms : undefined;
}

/** `*` any number of characters, `?` one, compared in time linear in either for each star. */
function isLike(text: string, pattern: string): boolean {
  let [at, star, tried] = [0, -1, 0];
  let position = 0;
  while (position < text.length) {
    const wanted = pattern[at];
    if (wanted === '*') {
      star = at;
      at += 1;
      tried = position;
    } else if (wanted === '?' || wanted === text[position]) {
      at += 1;
      position += 1;
    } else if (star >= 0) {
      tried += 1;
      position = tried;
      at = star + 1;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}
