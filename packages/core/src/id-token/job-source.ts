import type { Outbound } from '../http/outbound.ts';
import type { Platform } from '../step/host.ts';
import type { Environment } from '../system.ts';
import { AzurePipelinesIdTokenSource, azurePipelinesVariables } from './azure-pipelines.ts';
import { GitHubIdTokenSource, gitHubVariables } from './github.ts';
import type { IdTokenSource } from './source.ts';

/** All it takes to ask a platform for a job's ID tokens, as data: another process can be handed it. Holds secrets. */
export interface JobSource {
  readonly platform: Platform;
  /** The variables that name the endpoint; on GitHub also its bearer. */
  readonly environment: Environment;
  /** On Azure Pipelines the job's own token, `System.AccessToken`. */
  readonly accessToken?: string | undefined;
  /** On Azure Pipelines the service connection to speak for. */
  readonly connectionId?: string | undefined;
}

/** What of a job's environment its source needs. */
export function sourceVariables(platform: Platform, environment: Environment): Environment {
  const names = platform === 'github' ? gitHubVariables : azurePipelinesVariables;
  return Object.fromEntries(names.map((name) => [name, environment[name]]));
}

/** The source of a job's ID tokens: for its service connection if there is one, else for the job itself. */
export function idTokenSource(job: JobSource, outbound: Outbound): IdTokenSource {
  const own = { ...outbound, system: { ...outbound.system, environment: job.environment } };
  return job.platform === 'github' ? new GitHubIdTokenSource(own) : new AzurePipelinesIdTokenSource(own, job);
}
