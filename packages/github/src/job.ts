import type { Environment } from '@fedbridge/core';
import { type PlatformJob, variablesOf } from '@fedbridge/identity';

/** A job as its scripts see it. Apart from the source of its tokens, which what runs at a job's end does not load. */
export function jobOf(environment: Environment): PlatformJob {
  return { kind: 'github', environment: variablesOf(environment, variables) };
}

/** The variables of a job that ID tokens are asked for by. */
const variables = [
  'ACTIONS_ID_TOKEN_REQUEST_URL',
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
  'GITHUB_SERVER_URL',
  'GITHUB_REPOSITORY_OWNER',
] as const;
