import type { Region } from '@fedbridge/aws';
import type { Endpoint } from '@fedbridge/core';
import type { Cloud } from '@fedbridge/trust';
import type { AuthorityOptions } from '../../command-identity.ts';
import type { IdentityOptions } from '../../identity-options.ts';

/** What is looked at. */
export interface DoctorOptions extends IdentityOptions, AuthorityOptions {
  /** Undefined for both. */
  readonly cloud?: readonly Cloud[];
  readonly awsRegion?: Region;
  readonly stsEndpoint?: Endpoint;
  readonly json: boolean;
}
