import type { FederatedCredential } from './federated-credential.ts';

/** A directory of Entra. */
export interface Tenant {
  /** A GUID. */
  readonly id: string;
  /** Domains that name the tenant too. */
  readonly domains?: readonly string[];
  readonly applications: readonly Application[];
  /** What access tokens live, in seconds; 3,599 by default. */
  readonly accessTokenSeconds?: number;
  /** What its applications see in Azure Resource Manager. */
  readonly subscriptions?: readonly Subscription[];
}

interface Subscription {
  /** A GUID. */
  readonly id: string;
  readonly name: string;
}

/** An application or a managed identity. */
export interface Application {
  /** A GUID. */
  readonly clientId: string;
  /** Those that Graph would reject are rejected at start. */
  readonly federatedCredentials: readonly FederatedCredential[];
  /** Of a user-assigned managed identity: `/subscriptions/…/userAssignedIdentities/<name>`. */
  readonly resourceId?: string;
}
