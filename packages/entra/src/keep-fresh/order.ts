import type { Lease } from '@fedbridge/core';
import type { EndpointOrder } from '@fedbridge/identity';
import type { AccessTokenRequest } from '../access-token-request.ts';
import type { ClientId, Resource } from '../ids.ts';

/** An identity whose access tokens are kept fresh. Holds secrets. */
export interface FreshAccessTokens {
  readonly from:
    | (Omit<AccessTokenRequest, 'resource'> & {
        /** Of the ID token; undefined for what the platform gives. */
        readonly audience: string | undefined;
      })
    /** Nothing is exchanged: the identity is a machine's, which gives tokens of its own. */
    | 'machine';
  /** Whose tokens they are, where that is known. */
  readonly clientId: ClientId | undefined;
  /** What the step has acquired already. */
  readonly leases: readonly (Lease<string> & { readonly resource: Resource })[];
}

/** Where a broker has access tokens. */
export const managedIdentityPath = '/msi/token';

/** Has a broker serve access tokens. */
export function orderAccessTokens(plan: FreshAccessTokens): { readonly entra: EndpointOrder } {
  return { entra: { plan } };
}
