import type { FedbridgeError, Presented } from '@fedbridge/core';

/** What a step reached, for the log and the job's summary. Holds no secret. */
export interface Outcome {
  readonly identities: readonly DeliveredIdentity[];
  /** What later steps find: names of variables and profiles, and of outputs, marked: `output {accessToken}`. */
  readonly exported: readonly string[];
}

/** Who the job can be from now on. */
export interface DeliveredIdentity {
  /** As its cloud writes it, for example the ARN of a role session. */
  readonly who: string;
  /** In ms since 1970-01-01 UTC; undefined where it is not known. */
  readonly expiresAt: number | undefined;
  /** Whether it is renewed for as long as the job runs. */
  readonly keptFresh?: boolean;
  /** The ID token that it was given for; undefined where none was sent. */
  readonly presented: Presented | undefined;
}

/** What a check thinks of what it looked at. */
export interface CheckOutcome {
  /** For the log, a sentence. */
  readonly sentence: string;
  /** For the job's summary, Markdown without a title. What came from outside is text in it. */
  readonly report: string;
  /** Why the step fails; it has delivered all the same. */
  readonly failure: FedbridgeError | undefined;
}
