import { FedbridgeError } from '@fedbridge/core';
import { listOf } from '../azure-devops-rest.ts';
import type { AgentIdentity, Credential, Principal } from './agent-identity.ts';

/** Where a managed identity is. */
export interface ManagedIdentityLocation {
  /** Azure Resource Manager, without a slash at the end. */
  readonly resourceManager: string;
  /** The resource id of the user-assigned managed identity that agents have, or of a resource that has one of its own. */
  readonly managedIdentity: string;
}

interface Resource {
  readonly name?: string;
  readonly properties?: Partial<Omit<Credential, 'name'>>;
}

const version = 'api-version=2023-01-31';

const userAssigned = /\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[^/]+$/i;

/**
 * Source: Azure REST API, Managed Identity, "User Assigned Identities - Get", "System Assigned Identities - Get By Scope" and "Federated
 * Identity Credentials".
 *
 * @throws FedbridgeError `INPUT_INVALID` where there is none, by what is asked of it
 */
export function managedIdentity({ resourceManager, managedIdentity: id }: ManagedIdentityLocation): AgentIdentity {
  const isOfResource = !userAssigned.test(id);
  const url = `${resourceManager}${id}${isOfResource ? '/providers/Microsoft.ManagedIdentity/identities/default' : ''}`;
  const all = `${url}/federatedIdentityCredentials`;
  return {
    api: 'resourceManager',
    async principal(calls) {
      const found = (await calls.get('resourceManager', `${url}?${version}`)) as
        | { readonly properties?: Partial<Principal> }
        | undefined;
      const { clientId, principalId, tenantId } = found?.properties ?? {};
      if (clientId && principalId && tenantId) return { clientId, principalId, tenantId };
      if (isOfResource) {
        throw new FedbridgeError(
          'INPUT_INVALID',
          `There is no resource ${id} with a system-assigned managed identity.`,
          {
            hint: 'Give it one, such as with "az vm identity assign". An identity of several machines is a user-assigned one.',
          },
        );
      }
      throw new FedbridgeError('INPUT_INVALID', `There is no managed identity ${id}.`, {
        hint: 'Create it with "az identity create", and name it by its resource id.',
      });
    },
    async credentials(calls) {
      // It has none, and takes none.
      if (isOfResource) return [];
      const listed = listOf<Resource>(await calls.get('resourceManager', `${all}?${version}`));
      return listed.map(({ name = '', properties: { issuer = '', subject, audiences = [] } = {} }) => ({
        ...{ name, issuer, subject, audiences },
      }));
    },
    writing({ name, issuer, subject, audiences }) {
      const body = { properties: { issuer, subject, audiences } };
      return { method: 'PUT', url: `${all}/${encodeURIComponent(name)}?${version}`, body };
    },
  };
}
