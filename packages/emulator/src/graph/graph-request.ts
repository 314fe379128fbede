import type { Directory } from '../entra/directory.ts';
import type { Tenant } from '../entra/tenant.ts';

/** A request of somebody who may make it. */
export interface GraphRequest {
  readonly directory: Directory;
  readonly tenant: Tenant;
  readonly method: string;
  /** An id or a name, as the path has it: `by` says which. */
  readonly key: { readonly by: 'id' | 'appId'; readonly value: string } | undefined;
  /** What the path names below it; empty for all of them. */
  readonly below: string | undefined;
  /** Whether the path names the owners below it. */
  readonly isOfOwners: boolean;
  readonly filter: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
  /** ISO 8601. */
  readonly now: string;
}

/** An answer with its status; without a body where it has none. */
export interface GraphAnswer {
  readonly status: 200 | 201 | 204;
  readonly body?: unknown;
}
