import type { Endpoint } from '@fedbridge/core';
import type { ClientId, Resource, TenantId } from './ids.ts';

/** Which access token is asked for, and as whom. */
export interface AccessTokenRequest {
  readonly authority: Endpoint;
  /** Whether a variable of the environment names the authority, which any step of a job can set. */
  readonly fromVariable?: boolean;
  readonly tenantId: TenantId;
  readonly clientId: ClientId;
  readonly resource: Resource;
}
