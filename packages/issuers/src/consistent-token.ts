import { formatRepository, gitHubServiceOf } from './github.ts';
import { gitHubClaimForms } from './github-claims.ts';
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
  const texts = String(claims.sub).split(':');
  const seen = new Set<string>();
  for (let at = 0; at < texts.length; at += 1) {
    const claim = texts[at] ?? '';
    if (seen.has(claim)) return false;
    seen.add(claim);
    if (claim === 'pull_request') continue;
    at += 1;
    const value = (texts[at] ?? '').replaceAll('%3A', ':');
    const own = claim === 'repo' ? repositoryIn(claims, value.includes('@')) : claims[claim];
    if ((claim in claims || claim === 'repo' || shown.includes(claim)) && (own ?? '') !== value) return false;
    if (value !== '' && gitHubClaimForms.get(claim)?.fits(value) === false) return false;
  }
  return true;
}

/** Claims that a token has wherever its subject speaks of them. */
const shown = ['enterprise_id', 'environment'];

function repositoryIn(claims: Claims, hasIds: boolean): string {
  const [owner = '', repository = ''] = String(claims.repository).split('/');
  const ids = { owner: String(claims.repository_owner_id), repository: String(claims.repository_id) };
  return formatRepository({ owner, repository, ...(hasIds ? { ids } : {}) });
}
