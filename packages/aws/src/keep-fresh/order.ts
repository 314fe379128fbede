import type { Lease } from '@fedbridge/core';
import type { EndpointOrder } from '@fedbridge/identity';
import type { OwnCredentials } from '../own-credentials.ts';
import type { RolePathRequest } from '../role-request.ts';
import type { AwsSecrets } from '../secrets.ts';

/** Roles whose credentials are kept fresh, and what assumes them. Holds secrets. */
export interface FreshRoles {
  /** Of the ID token; undefined for what the platform gives. */
  readonly audience: string | undefined;
  /** What assumes the roles in the place of an ID token. */
  readonly own?: OwnCredentials | undefined;
  readonly roles: readonly FreshRole[];
  /** The name of the input that names a profile, as its user writes it. */
  readonly profileInput: string;
}

/** A role whose credentials are kept fresh. */
export interface FreshRole {
  /** Its path below `/aws/`. */
  readonly name: string;
  readonly request: RolePathRequest;
  /** What the step has acquired already. */
  readonly lease: Lease<AwsSecrets> | undefined;
}

/** The file in the broker's folder with what clients send as `Authorization`. */
export const authorizationFile = 'aws-authorization';

/** Where a broker has a role's credentials. */
export function rolePath(name: string): string {
  return `/aws/${encodeURIComponent(name)}`;
}

/** Has a broker serve roles. */
export function orderRoles(plan: FreshRoles): { readonly aws: EndpointOrder } {
  return { aws: { plan, secretFile: authorizationFile } };
}
