import { FedbridgeError, type Outbound } from '@fedbridge/core';
import type { IdTokenSource } from './id-token-source.ts';
import type { ManagedIdentity } from './managed-identity.ts';
import { ManagedIdentityIdTokenSource } from './managed-identity-source.ts';
import type { Platform, PlatformJob } from './platform.ts';
import { TokenFileSource } from './token-file.ts';

/** All it takes to ask for a job's ID tokens, as data: another process can be handed it. Holds secrets. */
export type JobSource =
  | PlatformJob
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

/** The source of a job's ID tokens. @param platforms - those that a job may be of */
export function idTokenSource(job: JobSource, outbound: Outbound, platforms: readonly Platform[]): IdTokenSource {
  if ('files' in job) return new TokenFileSource(outbound, job.files);
  if ('identity' in job) return new ManagedIdentityIdTokenSource(outbound, job);
  if (!('environment' in job)) return noIdTokens;
  const system = { ...outbound.system, environment: job.environment };
  return platformOf(job, platforms).idTokenSource(job, { ...outbound, system });
}

/** The platform of a job. */
export function platformOf({ kind }: PlatformJob, platforms: readonly Platform[]): Platform {
  const platform = platforms.find(({ name }) => name === kind);
  if (platform) return platform;
  throw new Error(`Nothing here asks ${kind} for ID tokens.`);
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
