/** How bad a finding is. */
export type Severity = 'error' | 'warning' | 'note';

/** A rule of lint, with what to do where it is broken. */
export interface Rule {
  readonly severity: Severity;
  /** What is wrong, without the particulars. */
  readonly title: string;
  readonly fix: string;
}

/** What is to be done about a wildcard, in whichever cloud's document. */
export const wildcardFixes = {
  exact:
    'Name the whole of it: owner, repository and a branch, tag or environment; or organization, project and connection.',
  anyBranch: 'Whoever can push one runs as this identity. Name the branches that are protected, or an environment.',
  openName:
    'Other names that begin so are allowed too, main-2 beside main. Name each in full, or put a separator before the wildcard, release/* for example.',
  oneRef:
    'Name a branch, a tag or an environment; where there are none, a stack, a workspace or whatever a job is called there.',
} as const;
