import { gitHubIssuer } from './github.ts';
import { isSlug } from './url.ts';

/** A repository of GitHub, and the server that it is on where the text names one. */
export interface NamedRepository {
  readonly owner: string;
  readonly repository: string;
  /** `github.com`, a subdomain of ghe.com, or a server of its own. */
  readonly host: string | undefined;
}

/**
 * What users have at hand for a repository: `octo/app`, its address in a browser, or what git clones, `.git` or not.
 *
 * @returns undefined where the text names no repository, or more than one
 */
export function parseRepositoryName(text: string): NamedRepository | undefined {
  const { host, path } = placeOf(text) ?? {};
  if (path === undefined) return undefined;
  const [owner = '', name = '', ...more] = path.replace(/\/$/, '').split('/');
  // GitHub gives no repository a name that ends so.
  const repository = name.replace(/\.git$/, '');
  if (more.length > 0 || !isGitHubOwner(owner) || !isGitHubRepository(repository)) return undefined;
  return { owner, repository, host };
}

/**
 * Letters and digits with single hyphens between them, 39 at most; what an enterprise manages ends with its short code, `octo_acme`.
 * Source: GitHub's own words where an account is made; GitHub Docs, "Username considerations for external authentication".
 */
export function isGitHubOwner(text: string): boolean {
  return text.length <= 39 && /^[A-Za-z\d]+(?:-[A-Za-z\d]+)*(?:_[A-Za-z\d]+)?$/.test(text);
}

/** Letters, digits and `.-_`, 100 at most. What ends as a clone's address or a wiki's does is reserved. */
export function isGitHubRepository(text: string): boolean {
  return isSlug(text) && text.length <= 100 && !/\.(git|wiki)$/i.test(text);
}

/** The issuer of the jobs on a server; undefined for one that GitHub does not run, whose issuer nothing here can know. */
export function gitHubIssuerAt(host: string): string | undefined {
  if (host === 'github.com') return gitHubIssuer;
  return /^[a-z\d](?:[a-z\d-]*[a-z\d])?\.ghe\.com$/.test(host) ? `https://token.actions.${host}` : undefined;
}

/** The issuer of a GitHub Enterprise Server. */
export function gitHubServerIssuer(host: string): string {
  return `https://${host}/_services/token`;
}

function placeOf(text: string): { host: string | undefined; path: string } | undefined {
  const [, remote, remotePath] = /^[\w.-]+@([\w.-]+):([^/].*)$/.exec(text) ?? [];
  if (remote !== undefined && remotePath !== undefined) return { host: serverOf(remote), path: remotePath };
  if (/^(?:https?|ssh|git):\/\//i.test(text)) {
    if (!URL.canParse(text)) return undefined;
    const url = new URL(text);
    return url.search || url.hash ? undefined : { host: serverOf(url.host), path: url.pathname.slice(1) };
  }
  const [first = '', ...rest] = text.split('/');
  // An owner has no dot in its name.
  if (rest.length >= 2 && first.includes('.')) return { host: serverOf(first), path: rest.join('/') };
  return { host: undefined, path: text };
}

/** Where git connects to, by the name of the server. */
const serverOf = (host: string) =>
  host.toLowerCase().replace(/^(?:(?:www|ssh)\.)?github\.com(?::443|:22)?$/, 'github.com');
