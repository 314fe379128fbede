import { FedbridgeError } from '@fedbridge/core';
import { listOf } from '../azure-devops-rest.ts';
import type { AgentIdentity, Credential } from './agent-identity.ts';

/** Where an application is. */
export interface ApplicationLocation {
  /** Microsoft Graph, without a slash at the end. */
  readonly graph: string;
  /** Its client id. */
  readonly application: string;
}

interface ServicePrincipal {
  readonly id?: string;
  readonly appOwnerOrganizationId?: string;
}

/**
 * Source: Microsoft Graph REST API v1.0, "servicePrincipal: get", "List federatedIdentityCredentials" and those beside it.
 *
 * @throws FedbridgeError `INPUT_INVALID` where there is none, by what is asked of it
 */
export function application({ graph, application: clientId }: ApplicationLocation): AgentIdentity {
  const all = `${graph}/v1.0/applications(appId='${clientId}')/federatedIdentityCredentials`;
  return {
    api: 'graph',
    async principal(calls) {
      const url = `${graph}/v1.0/servicePrincipals(appId='${clientId}')`;
      const { id, appOwnerOrganizationId } = ((await calls.get('graph', url)) ?? {}) as ServicePrincipal;
      if (id && appOwnerOrganizationId) return { clientId, principalId: id, tenantId: appOwnerOrganizationId };
      throw new FedbridgeError('INPUT_INVALID', `There is no service principal of application ${clientId}.`, {
        hint: `Create it: az ad sp create --id ${clientId}`,
      });
    },
    async credentials(calls) {
      const listed = listOf<Partial<Omit<Credential, 'subject'>> & { subject?: string | null }>(
        await calls.get('graph', all),
      );
      return listed.map(({ name = '', issuer = '', subject, audiences = [] }) => ({
        ...{ name, issuer, subject: subject ?? undefined, audiences },
      }));
    },
    writing({ name, issuer, subject, audiences }, isNew) {
      const body = { issuer, subject, audiences };
      if (isNew) return { method: 'POST', url: all, body: { name, ...body } };
      return { method: 'PATCH', url: `${all}/${encodeURIComponent(name)}`, body };
    },
  };
}
