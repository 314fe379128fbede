import type { RateLimit } from './throttle.ts';

/** An Azure DevOps organization. */
export interface Organization {
  readonly name: string;
  /** A GUID. */
  readonly id: string;
  readonly projects: readonly Project[];
  /** Client ids of who may do everything. */
  readonly administrators?: readonly string[];
  readonly pools?: readonly AgentPool[];
  /** How much one identity may use; as much as it likes by default. */
  readonly rateLimit?: RateLimit;
  /**
   * Identities that have not spread to Azure DevOps yet: how often adding one is yet to fail, by its client id. That is answered with
   * HTTP 200 and VS403283.
   */
  readonly spreading?: Readonly<Record<string, number>>;
}

/** A pool of self-hosted agents. */
export interface AgentPool {
  readonly name: string;
  /** Client ids of who may register agents. */
  readonly administrators?: readonly string[];
}

/** A project of an organization. */
export interface Project {
  readonly name: string;
  /** A GUID. */
  readonly id: string;
  /** Pipelines by name, with their definition ids. */
  readonly pipelines: Readonly<Record<string, string>>;
  readonly connections?: readonly Connection[];
}

/** An Azure Resource Manager service connection with workload identity federation. */
export interface Connection {
  readonly name: string;
  /** A GUID. */
  readonly id: string;
  /** Who signs its ID tokens: Azure DevOps (until 2027-07-01) or the tenant's Entra. */
  readonly issuer: 'azure-devops' | 'entra';
  readonly tenantId: string;
  readonly clientId: string;
  readonly subscriptionId?: string;
  /** As Azure DevOps writes it, `AzureCloud`. */
  readonly environment?: string;
}

/** A job of Azure Pipelines. Whatever is left out has a plausible default. */
export interface AzurePipelinesJob {
  readonly organization: string;
  readonly project: string;
  readonly pipeline: string;
  /** Names of the service connections that the stage refers to. */
  readonly connections?: readonly string[];
  readonly ref?: string;
  readonly sha?: string;
  readonly runId?: string;
  /** Seconds; 300 by default. Negative for a token that has expired. */
  readonly lifetimeSeconds?: number;
  /** Claims to replace, for tokens that are wrong on purpose. */
  readonly claims?: Readonly<Record<string, unknown>>;
}
