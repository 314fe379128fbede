import type { sources } from './sources.ts';

/** What the outside answers to one thing, and where that stands. */
export interface Row {
  readonly name: string;
  readonly source: keyof typeof sources;
}

/** What rows may name that is known only when they run. */
export interface Given {
  /** Seconds since 1970-01-01 UTC, by the clock of the service that is asked. */
  readonly now: number;
  /** The ARN of the role that is asked for. */
  readonly role: string;
  /** The ARN of another role of the same account. */
  readonly otherRole: string;
  /** The ARN of the IAM OIDC provider. */
  readonly provider: string;
  readonly account: string;
}

/** What STS gives or says. */
export type StsAnswer =
  | { readonly gives: { readonly subject?: string; readonly audience?: string; readonly sourceIdentity?: string } }
  | { readonly denies: string; readonly saying: string | ((given: Given) => string) };

export type Claims = Readonly<Record<string, unknown>>;
