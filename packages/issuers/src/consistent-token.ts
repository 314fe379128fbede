import { gitHubServiceOf } from './github.ts';
import { gitHubClaimForms } from './github-claims.ts';
import { claimsInSubject, formatRepository } from './github-subject-claims.ts';
import { gitLab } from './gitlab.ts';

type Claims = Readonly<Record<string, unknown>>;

/**
 * Whether an issuer could sign a token whose subject is made of claims: it has each once, and GitHub's says of the job what the other claims
 * say, in their forms. Of other issuers, and of a server of GitHub, which may write colons as they are, nothing is said against a token.
 */
export function isConsistentToken(claims: Claims): boolean {
  const [iss, sub] = [String(claims.iss), String(claims.sub)];
  // Of a user it is an id alone.
  if (gitLab.is(iss)) return !sub.includes(':') || gitLab.parseSubject(sub) !== undefined;
  return !['github.com', 'ghe.com'].includes(gitHubServiceOf(iss) ?? '') || agreesWithSubject(claims);
}

function agreesWithSubject(claims: Claims): boolean {
  return claimsInSubject(String(claims.sub))?.every((one) => agrees(claims, one)) === true;
}

function agrees(claims: Claims, [claim, value]: readonly [string, string]): boolean {
  const own = claim === 'repo' ? repositoryIn(claims, value.includes('@')) : claims[claim];
  if ((claim in claims || claim === 'repo' || shown.includes(claim)) && (own ?? '') !== value) return false;
  return value === '' || gitHubClaimForms.get(claim)?.fits(value) !== false;
}

/** Claims that a token has wherever its subject speaks of them. */
const shown = ['enterprise_id', 'environment'];

function repositoryIn(claims: Claims, hasIds: boolean): string {
  const [owner = '', repository = ''] = String(claims.repository).split('/');
  const ids = { owner: String(claims.repository_owner_id), repository: String(claims.repository_id) };
  return formatRepository({ owner, repository, ...(hasIds ? { ids } : {}) });
}
