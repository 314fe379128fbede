import type { ProfileName } from '../profiles/names.ts';
import type { KeyName, TokenSpec } from './token.ts';
import type { TrustName } from './trusts.ts';

/** What a relying party does with a token. */
export type Decision = 'accepted' | 'refused';

/** What cases are about. */
export type Group =
  | 'issuers'
  | 'audiences'
  | 'keys'
  | 'rotation'
  | 'algorithms'
  | 'headers'
  | 'form'
  | 'times'
  | 'subjects'
  | 'jobs';

/** One case. All of it is data, and can be written as JSON. */
export interface ConformanceCase {
  /** `<group>/<name>`, which never changes its meaning. */
  readonly id: string;
  readonly group: Group;
  readonly trust: TrustName;
  readonly token: TokenSpec;
  /** What the issuer publishes once it was seen with its usual keys: the ordinary token is presented first, and then the issuer changes. */
  readonly rotatesTo?: readonly KeyName[];
  readonly expected: Decision;
  /** Why, and what becomes of it otherwise. */
  readonly why: string;
  /** The address of the document that says so. */
  readonly source: string;
  /** The servers that it is for, where their own documents alone settle it. */
  readonly only?: readonly ProfileName[];
}

/** A case without what its list says of all. */
export type Entry = Omit<ConformanceCase, 'id' | 'group' | 'trust' | 'token'> & {
  readonly trust?: TrustName;
  readonly token?: TokenSpec;
};

/** Cases of one group by their names. Without a trust they are about a branch of a repository of GitHub's. */
export function casesOf(group: Group, entries: Readonly<Record<string, Entry>>): readonly ConformanceCase[] {
  return Object.entries(entries).map(([name, { trust = 'github-branch', token = {}, ...entry }]) => ({
    id: `${group}/${name}`,
    group,
    trust,
    token,
    ...entry,
  }));
}
