import type { Demand } from '../demand.ts';
import type { Organization } from '../organization.ts';
import type { AgentIdentity } from '../setup/agent-identity.ts';
import type { Trusted } from '../setup/federated-credentials.ts';
import type { SetupCalls } from '../setup/setup-calls.ts';

/** What a check looked at, and what came of it. */
export interface AgentFinding {
  /** What was looked at, in a few words. */
  readonly check: string;
  /** `unknown`: it could not be looked at. */
  readonly state: 'ok' | 'problem' | 'unknown';
  readonly detail: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** What is checked. */
export interface CheckOptions {
  readonly organization: Organization;
  readonly pool: string;
  /** Who registers agents; undefined to leave it out. */
  readonly identity: AgentIdentity | undefined;
  /** The service accounts that it is to trust. */
  readonly accounts: readonly Trusted[];
  /** What the scaler is told that its agents satisfy. */
  readonly demands: readonly Demand[];
}

/** Where checks look. */
export interface CheckWorld {
  readonly options: CheckOptions;
  readonly calls: SetupCalls;
  /** ms since 1970-01-01 UTC. */
  readonly now: number;
}
