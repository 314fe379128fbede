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
  /** Client ids of who may register applications, trust issuers and assign roles. */
  readonly administrators?: readonly string[];
}

interface Subscription {
  /** A GUID. */
  readonly id: string;
  readonly name: string;
  /** Names of its resource groups. */
  readonly resourceGroups?: readonly string[];
}

/** An application or a managed identity. */
export interface Application {
  /** A GUID. */
  readonly clientId: string;
  /** Several may have the same; the client id by default. */
  readonly displayName?: string;
  /** `AzureADMyOrg` by default: one tenant's. */
  readonly signInAudience?: string;
  /** ISO 8601. */
  readonly createdDateTime?: string;
  /** Those that Graph would reject are rejected at start. */
  readonly federatedCredentials: readonly FederatedCredential[];
  /** Of a user-assigned managed identity: `/subscriptions/…/userAssignedIdentities/<name>`. */
  readonly resourceId?: string;
  /** When its client secrets expire, ISO 8601. None of them is accepted: this is a world without. */
  readonly secrets?: readonly string[];
  /** The same of its certificates. */
  readonly certificates?: readonly string[];
  /** User principal names of who may change it. */
  readonly owners?: readonly string[];
}
