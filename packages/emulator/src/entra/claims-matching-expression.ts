import type { Claims } from '../server/jwt.ts';
import { CredentialProblem } from './credential-problem.ts';

interface Term {
  readonly claim: string;
  readonly operator: string;
  readonly comparand: string;
}

/** What an issuer's tokens may be compared by. */
interface Language {
  /** The operators by claim. */
  readonly operators: Readonly<Record<string, readonly string[]>>;
  /** An expression compares one of these at least beside `sub`; any where there are none. */
  readonly ids: readonly string[];
}

const ofSubject = { sub: ['eq', 'matches'] };
const ofGitHub: Language = {
  operators: { ...ofSubject, job_workflow_ref: ['eq', 'matches'], repository_id: ['eq'], repository_owner_id: ['eq'] },
  ids: ['repository_id', 'repository_owner_id'],
};
const ofGitLab: Language = {
  operators: { ...ofSubject, project_id: ['eq'], namespace_id: ['eq'], user_id: ['eq'] },
  ids: ['project_id', 'namespace_id', 'user_id'],
};
const ofTerraform: Language = { operators: ofSubject, ids: [] };

/**
 * Checks the expression of a flexible federated credential as it is created.
 * Sources: Microsoft Learn, "Flexible federated identity credentials" and "Mutable subjects in federated identity credentials",
 * 2026-07-28 to 2026-09-18; the words are those of Graph, hashicorp/terraform-provider-azuread#1901 (2026-08-07), where there are.
 *
 * @param gitHub - GitHub's issuer in this emulator
 * @throws CredentialProblem
 */
export function checkExpression(
  { value, languageVersion }: { readonly value: string; readonly languageVersion: number },
  issuer: string,
  gitHub: string,
): void {
  const bad = (why: string) =>
    new CredentialProblem(
      'InvalidFederatedIdentityCredentialValue',
      `The FederatedIdentityCredential.ClaimsMatchingExpression.Value is invalid. Rule exception: ${why}. paramName: ` +
        `FederatedIdentityCredential.ClaimsMatchingExpression.Value, paramValue: ${value}, objectType: ` +
        'Microsoft.Online.DirectoryServices.Application',
    );
  // What Graph says in these three cases was not seen.
  if (languageVersion !== 1) throw bad('There is language version 1 alone');
  const terms = termsOf(value);
  if (!terms) throw bad('The expression is not of the language');
  const language = languageOf(issuer, gitHub);
  if (!language) throw bad(`Expressions are for tokens of GitHub, GitLab and Terraform Cloud, and not of '${issuer}'`);
  const { operators, ids } = language;
  const isAllowed = ({ claim, operator }: Term) =>
    Object.hasOwn(operators, claim) && operators[claim]?.includes(operator) === true;
  const has = (claims: readonly string[]) => terms.some(({ claim }) => claims.includes(claim));
  if (!terms.every(isAllowed) || !has(['sub']) || (ids.length > 0 && !has(ids))) {
    throw bad(
      `Expression configured for issuer '${issuer}' either lacks all required claims or contains unallowed claims`,
    );
  }
}

/** By the URL exactly; of GitLab's servers, by a host of theirs as the page has it. */
function languageOf(issuer: string, gitHub: string): Language | undefined {
  if ([gitHub, 'https://token.actions.githubusercontent.com'].includes(issuer)) return ofGitHub;
  if (['https://app.terraform.io', 'https://app.eu.terraform.io'].includes(issuer)) return ofTerraform;
  return /^https:\/\/gitlab(\.[^/]+)?\.com$|^https:\/\/gitlab\.[^/]+\.ca$/.test(issuer) ? ofGitLab : undefined;
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
