import { formatRepository, gitHubServiceOf } from './github.ts';
import { gitHubClaimForms } from './github-claims.ts';

/**
 * Whether GitHub could sign a token: what its subject says of the job is what its other claims say, in their forms. Of other issuers, and of
 * a server, which may write colons as they are, nothing is said against a token.
 */
export function isConsistentToken(claims: Readonly<Record<string, unknown>>): boolean {
  if (!['github.com', 'ghe.com'].includes(gitHubServiceOf(String(claims.iss)) ?? '')) return true;
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

function repositoryIn(claims: Readonly<Record<string, unknown>>, hasIds: boolean): string {
  const [owner = '', repository = ''] = String(claims.repository).split('/');
  const ids = { owner: String(claims.repository_owner_id), repository: String(claims.repository_id) };
  return formatRepository({ owner, repository, ...(hasIds ? { ids } : {}) });
}
