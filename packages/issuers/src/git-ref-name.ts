/** Whether git lets a branch or tag have a name, below its folder or in full. Source: git-check-ref-format(1). */
export function isGitRefName(name: string): boolean {
  const parts = name.split('/');
  if (parts.some((one) => one === '' || one.startsWith('.') || one.endsWith('.lock'))) return false;
  return name !== '@' && !/[ ~^:?*[\\\x7f]|\p{Cc}|\.\.|@\{|\.$/u.test(name);
}

/** A branch, a tag or a pull request, as jobs run for: `refs/heads/main`, `refs/pull/7/merge`. Source: GitHub Docs, contexts, `github.ref`. */
export function isFullRef(text: string): boolean {
  return /^refs\/(heads|tags|pull)\//.test(text) && isGitRefName(text);
}
