import type { TokenPart, TokenParts, TokenShape } from '@fedbridge/issuers';

/** Those that a shape has. */
export function partsIn({ fields }: TokenShape, parts: readonly TokenPart[]): readonly TokenPart[] {
  return parts.filter(({ field }) => fields[field]);
}

/** All that parts and kinds say, by which letters must be told from each other. */
export function textsOf(parts: TokenParts): string {
  const { owner, project, job, workflow = [] } = parts;
  const keys = [...owner, ...project, ...job, ...workflow].map(({ behind = '' }) => behind);
  return [...patternsIn(parts), ...keys].join('');
}

/** With wildcards. */
export function patternsIn({
  notOfBranch = [],
  pullRequest = [],
  tags = [],
  ofPullRequest = [],
}: TokenParts): readonly string[] {
  return [...notOfBranch, ...pullRequest, ...tags.flat(), ...ofPullRequest.flat()].map(({ pattern }) => pattern);
}
