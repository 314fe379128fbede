import type { Environment } from '@fedbridge/core';
import { type PlatformJob, variablesOf } from '@fedbridge/identity';

/** A job as its scripts see it. Apart from the source of its tokens, which what runs at a job's end does not load. */
export function jobOf(environment: Environment, connectionId?: string): PlatformJob {
  return {
    kind: 'azure-pipelines',
    environment: variablesOf(environment, variables),
    accessToken: environment.SYSTEM_ACCESSTOKEN,
    connectionId,
  };
}

/** Variables of which one at least names where to ask. */
export const endpointVariables = [
  'SYSTEM_OIDCREQUESTURI',
  'SYSTEM_COLLECTIONURI',
  'SYSTEM_TEAMFOUNDATIONCOLLECTIONURI',
] as const;

/** The variables of a job that ID tokens are asked for by. */
const variables = [
  ...endpointVariables,
  'SYSTEM_TEAMPROJECTID',
  'SYSTEM_HOSTTYPE',
  'SYSTEM_PLANID',
  'SYSTEM_JOBID',
] as const;
