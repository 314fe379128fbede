import type { Presented } from '@fedbridge/core';

/** What a step reached, for the log and the job's summary. Holds no secret. */
export interface Outcome {
  readonly identities: readonly Identity[];
  /** What later steps find: names of variables and profiles, and of outputs, marked: `output {accessToken}`. */
  readonly exported: readonly string[];
}

/** Who the job can be from now on. */
export interface Identity {
  /** As its cloud writes it, for example the ARN of a role session. */
  readonly who: string;
  /** In ms since 1970-01-01 UTC; undefined where it is not known. */
  readonly expiresAt: number | undefined;
  /** Whether it is renewed for as long as the job runs. */
  readonly keptFresh?: boolean;
  /** The ID token that it was given for; undefined where none was sent. */
  readonly presented: Presented | undefined;
}
