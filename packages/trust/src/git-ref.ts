import { FedbridgeError } from '@fedbridge/core/error';
import { isGitRefName } from '@fedbridge/issuers';
import { named } from './named.ts';

/**
 * The name of a branch or tag, which may have its folder before it, `refs/heads/`: that is in no name.
 *
 * @throws FedbridgeError `INPUT_INVALID` for what can be no name of one, or names the other kind
 */
export function refName(text: string, kind: 'branch' | 'tag'): string {
  const what = `The ${kind}`;
  const refuse = (why: string, hint?: string) => new FedbridgeError('INPUT_INVALID', `${what} ${why}.`, { hint });
  const full = /^refs\/([^/]*)\//.exec(text);
  if (full && full[1] !== folders[kind])
    throw refuse(
      `"${text}" is a ref of another kind`,
      others[full[1] ?? ''] ?? 'A trust policy or federated credential names a branch or a tag.',
    );
  const name = full ? text.slice(full[0].length) : text;
  if (!full && /^(?:refs|heads|tags)\//.test(name))
    throw refuse(
      `"${text}" may mean two`,
      `Say refs/${folders[kind]}/… for the name in full: refs/${folders[kind]}/${name}, or without "${name.split('/')[0]}/".`,
    );
  if (isGitRefName(named(name, what))) return name;
  throw refuse(`"${text}" has what git allows in no name`);
}

const folders = { branch: 'heads', tag: 'tags' } as const;

const others: Readonly<Record<string, string>> = {
  heads: 'It is a branch: say --branch.',
  tags: 'It is a tag: say --tag.',
  pull: 'It is a pull request: say --pull-request.',
};
