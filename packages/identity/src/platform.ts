import type { Environment, Outbound } from '@fedbridge/core';
import type { IdTokenSource } from './id-token-source.ts';

/** All it takes to ask for the ID tokens of a platform's job, as data: another process can be handed it. Holds secrets. */
export interface PlatformJob {
  /** The name of the platform, as users write it. */
  readonly kind: string;
  /** The variables by which its tokens are asked for. */
  readonly environment: Environment;
  /** The job's own token, where no variable has it. */
  readonly accessToken?: string | undefined;
  /** The service connection to speak for. */
  readonly connectionId?: string | undefined;
  /** The ID token that came with the connection. */
  readonly idToken?: string | undefined;
}

/** How every script of a job can ask its platform for ID tokens. */
export type TokenRequest =
  | {
      /** For any audience, with a bearer that is a secret and that scripts have anyway. */
      readonly by: 'bearer';
      readonly url: URL;
      readonly bearer: string;
    }
  | {
      /** For whom the connection says, with the job's own token. */
      readonly by: 'service connection';
      readonly url: URL;
      readonly connectionId: string;
    };

/** A CI platform, in whose jobs ID tokens are asked for. Its package has it as `id-token`. */
export interface Platform {
  /** As users write it. */
  readonly name: string;
  /** Whether a job can speak for a service connection. */
  readonly hasServiceConnections: boolean;
  /** The variable by which its jobs are found. */
  readonly foundBy: string;
  /** Whether this is the environment of one of its jobs. */
  isHere(environment: Environment): boolean;
  /** A job as its scripts see it; the variables that tokens are asked for by, and no more. */
  jobOf(environment: Environment, connectionId?: string): PlatformJob;
  /** Whether a job has what it takes to ask. */
  canAsk(job: PlatformJob): boolean;
  /** How a job's scripts ask; undefined where they cannot. @throws FedbridgeError `ENDPOINT_NOT_ALLOWED`, `ID_TOKEN_UNAVAILABLE` */
  tokenRequest(job: PlatformJob): TokenRequest | undefined;
  idTokenSource(job: PlatformJob, outbound: Outbound): IdTokenSource;
}

/** Some of an environment's variables. */
export function variablesOf(environment: Environment, names: readonly string[]): Environment {
  return Object.fromEntries(names.map((name) => [name, environment[name]]));
}
