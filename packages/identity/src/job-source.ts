import { type Environment, FedbridgeError, type Outbound } from '@fedbridge/core';
import { AzurePipelinesIdTokenSource, azurePipelinesVariables } from './azure-pipelines.ts';
import { GitHubIdTokenSource, gitHubVariables } from './github.ts';
import type { ManagedIdentity } from './managed-identity.ts';
import { ManagedIdentityIdTokenSource } from './managed-identity-source.ts';
import type { IdTokenSource } from './source.ts';
import { TokenFileSource } from './token-file.ts';

/** All it takes to ask for a job's ID tokens, as data: another process can be handed it. Holds secrets. */
export type JobSource =
  | {
      readonly kind: 'github';
      /** The variables that name the endpoint and its bearer. */
      readonly environment: Environment;
    }
  | {
      readonly kind: 'azure-pipelines';
      /** The variables that name the endpoint. */
      readonly environment: Environment;
      /** The job's own token, `System.AccessToken`. */
      readonly accessToken?: string | undefined;
      /** The service connection to speak for. */
      readonly connectionId?: string | undefined;
      /** The ID token that came with the connection. */
      readonly idToken?: string | undefined;
    }
  | {
      readonly kind: 'kubernetes';
      /** Paths of token files by the variable that names each. */
      readonly files: Readonly<Record<string, string>>;
    }
  /** The AWS credentials that the job, its container or its machine has: they assume roles, and there is no ID token. */
  | { readonly kind: 'aws' }
  | {
      readonly kind: 'managed-identity';
      readonly identity: ManagedIdentity;
      /** Whether it is there for sure: the user named it, or it has answered. */
      readonly known: boolean;
    };

/** What of a job's environment its source needs. */
export function sourceVariables(platform: 'github' | 'azure-pipelines', environment: Environment): Environment {
  const names = platform === 'github' ? gitHubVariables : azurePipelinesVariables;
  return Object.fromEntries(names.map((name) => [name, environment[name]]));
}

/** The source of a job's ID tokens. */
export function idTokenSource(job: JobSource, outbound: Outbound): IdTokenSource {
  const within = (environment: Environment) => ({ ...outbound, system: { ...outbound.system, environment } });
  switch (job.kind) {
    case 'github':
      return new GitHubIdTokenSource(within(job.environment));
    case 'azure-pipelines':
      return new AzurePipelinesIdTokenSource(within(job.environment), job);
    case 'kubernetes':
      return new TokenFileSource(outbound, job.files);
    case 'aws':
      return noIdTokens;
    case 'managed-identity':
      return new ManagedIdentityIdTokenSource(outbound, job);
  }
}

const noIdTokens: IdTokenSource = {
  name: 'AWS',
  audience: 'given',
  getIdToken: async () => {
    throw new FedbridgeError('INPUT_INVALID', 'The identity aws has no ID token.', {
      hint: "It is for AWS credentials alone: the job's, the container's or the machine's own assume the role.",
    });
  },
};
