import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who publishes this copy of the repository, and what was released of it last: what `owner.json` holds. */
export interface Owner {
  /** Of the repository on GitHub, in whose place `OWNER` stands until there is one. */
  readonly owner: string;
  /** Of the extension, on the Visual Studio Marketplace. */
  readonly publisher: string;
  /** Which examples pin: zeros for a commit until there is one. */
  readonly release: { readonly version: string; readonly commit: string };
}

const file = 'owner.json';

/** What `owner.json` says. */
export function readOwner(root: string): Owner {
  return JSON.parse(readFileSync(join(root, file), 'utf8')) as Owner;
}

/** How a workflow names one of the actions: by commit, with the release beside it. @param path - in the repository */
export function pinnedAction({ owner, release }: Owner, path: string): string {
  return `${owner}/fedbridge/${path}@${release.commit} # v${release.version}`;
}

/** Where a step's page of the reference is read, as of the release. */
export function referenceUrl({ owner, release }: Owner, step: string): string {
  return `https://github.com/${owner}/fedbridge/blob/v${release.version}/docs/reference/${step}.md`;
}

/**
 * Writes an owner, a publisher and a release wherever another stands, and into `owner.json`.
 *
 * @param mode - `check` writes nothing
 * @returns the files that were not as they should be
 */
export function applyOwner(root: string, now: Owner, mode: 'write' | 'check'): string[] {
  const before = readOwner(root);
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const files = execFileSync('git', list, { cwd: root, encoding: 'utf8' }).split('\0').filter(isWritten);
  const changed = files.filter((path) => {
    const text = textOf(join(root, path));
    const wanted = path === file ? `${JSON.stringify(now, null, 2)}\n` : withOwner(text, before, now);
    if (text === wanted) return false;
    if (mode === 'write') writeFileSync(join(root, path), wanted);
    return true;
  });
  return [...new Set(changed)];
}

/** A text with another owner, publisher and release. */
export function withOwner(text: string, before: Owner, now: Owner): string {
  const [owner, publisher] = [escaped(before.owner), escaped(before.publisher)];
  return text
    .replace(
      new RegExp(`(?<![\\w./-])((?:git\\+)?https://github\\.com/)?${owner}/fedbridge(?![\\w-])`, 'g'),
      (_, site = '') => {
        return `${site}${now.owner}/fedbridge`;
      },
    )
    .replace(
      /([\w-]+\/fedbridge\/)(actions\/[\w-]+)@[\w.-]+(?: # v\d[\w.-]*)?/g,
      (whole, repository: string, path: string) =>
        repository === `${now.owner}/fedbridge/` ? pinnedAction(now, path) : whole,
    )
    .replace(
      new RegExp(`(repo: https://github\\.com/${escaped(now.owner)}/fedbridge\\s+rev: )v[\\d.]+`, 'g'),
      `$1v${now.release.version}`,
    )
    .replace(new RegExp(`("publisher": "|/publishers/|itemName=)${publisher}(?=["/.])`, 'g'), `$1${now.publisher}`);
}

const escaped = (text: string) => text.replace(/[^\w]/g, '\\$&');

/** Neither what is built, nor of others, nor the texts that this is tested with. */
function isWritten(path: string): boolean {
  return path !== '' && !/(^|\/)dist\/|^pnpm-lock\.yaml$|^scripts\/owner\.|\.(png|jpe?g|ico|tgz)$/.test(path);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Deleted and not committed yet, or a link to a folder.
    return '';
  }
}
