import type { Outbound } from '@fedbridge/core';
import type { Demand } from '../demand.ts';
import type { Organization } from '../organization.ts';
import type { StartOptions } from './agent-scripts.ts';
import type { Tokens } from './lasting-token.ts';
import type { StoppableWaits } from './stoppable-waits.ts';

/** An agent to run. */
export interface AgentOptions extends StartOptions {
  readonly organization: Organization;
  readonly pool: string;
  readonly name: string;
  /** The folder that agents are unpacked below. */
  readonly folder: string;
  readonly work: string;
  readonly platform: string;
  /** What the agent is to satisfy. */
  readonly demands: readonly Demand[];
  /** How long all up to the registration may take, with retries, in ms; fetching the agent comes on top. */
  readonly registrationMs: number;
  /** How long a job that runs may take yet when the agent is asked to end, in ms. */
  readonly drainMs: number;
}

/** What a run works with: tokens, and bounds that are new for each piece of work. */
export interface AgentWorld extends Tokens {
  /** Asks for the end: a job that runs is waited for. What gives tokens, and `outbound`, wait by its system too. */
  readonly waits: StoppableWaits;
  /** @param ms - how long all attempts may take */
  outbound(ms: number): Outbound;
}
