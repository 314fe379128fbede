import type { Journey } from '../../harness/journeys.ts';

/** Where a cell is, by titles. */
export interface Place {
  readonly client: string;
  readonly delivery: string;
  readonly platform: Journey['platform'];
  readonly machine: string;
  readonly role: string;
}

/** What a user must know, since nothing that a step does can make it work. */
export interface Limit {
  readonly note: string;
  applies(place: Place): boolean;
}

/** The notes of `docs/interop.md`, in its order. A cell that one is about must fail, so that no note outlives its reason. */
export const limits: readonly Limit[] = [];
