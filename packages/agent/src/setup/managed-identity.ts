import { FedbridgeError } from '@fedbridge/core';
import { formatKubernetesSubject, mostFederatedCredentials } from '@fedbridge/issuers';
import { listOf } from '../azure-devops-rest.ts';
import type { SetupCalls } from './setup-calls.ts';

/** A managed identity as tokens name it. */
export interface Principal {
  readonly clientId: string;
  /** The object id of its service principal. */
  readonly principalId: string;
}

/** Where a managed identity is. */
export interface ManagedIdentityLocation {
  /** Azure Resource Manager, without a slash at the end. */
  readonly resourceManager: string;
  /** The resource id of the user-assigned managed identity that agents have. */
  readonly managedIdentity: string;
}

/** A service account of a cluster, and the audience of its projected token. */
export interface ClusterAccount {
  /** The issuer of the cluster's service account tokens. */
  readonly issuer: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly audience: string;
}

interface Credential {
  readonly name?: string;
  readonly properties?: { readonly issuer?: string; readonly subject?: string; readonly audiences?: readonly string[] };
}

const version = 'api-version=2023-01-31';

/**
 * Source: Azure REST API, Managed Identity, "User Assigned Identities - Get".
 *
 * @throws FedbridgeError `INPUT_INVALID` where there is none, and what a call throws
 */
export async function findPrincipal(
  { resourceManager, managedIdentity }: ManagedIdentityLocation,
  calls: SetupCalls,
): Promise<Principal> {
  const identity = await calls.get('resourceManager', `${resourceManager}${managedIdentity}?${version}`);
  const { clientId, principalId } = (identity as { properties?: Partial<Principal> } | undefined)?.properties ?? {};
  if (clientId && principalId) return { clientId, principalId };
  throw new FedbridgeError('INPUT_INVALID', `There is no managed identity ${managedIdentity}.`, {
    hint: 'Create it with "az identity create", and name it by its resource id.',
  });
}

/**
 * Has a managed identity trust a service account.
 * Source: Azure REST API, Managed Identity, "Federated Identity Credentials".
 *
 * @throws FedbridgeError `INPUT_INVALID` where the identity takes no more, and what a call throws
 */
export async function ensureFederatedCredential(
  { resourceManager, managedIdentity }: ManagedIdentityLocation,
  { issuer, namespace, serviceAccount, audience }: ClusterAccount,
  calls: SetupCalls,
): Promise<void> {
  const name = `fedbridge-${namespace}-${serviceAccount}`;
  const all = `${resourceManager}${managedIdentity}/federatedIdentityCredentials`;
  const url = `${all}/${name}?${version}`;
  const subject = formatKubernetesSubject({ namespace, serviceAccount });
  const { properties } = ((await calls.get('resourceManager', url)) ?? {}) as Credential;
  const isTrusted =
    properties?.issuer === issuer &&
    properties.subject === subject &&
    properties.audiences?.includes(audience) === true;
  const body = { properties: { issuer, subject, audiences: [audience] } };
  const what = `federated credential for ${subject}`;
  const isNew = properties === undefined;
  const room = isNew ? roomBeside(listOf<Credential>(await calls.get('resourceManager', `${all}?${version}`))) : '';
  await calls.ensure(`${what}${room}`, isTrusted, 'resourceManager', { method: 'PUT', url, body });
}

/** That there is room for one more, before anything is sent. @throws FedbridgeError `INPUT_INVALID` where there is none */
function roomBeside(others: readonly Credential[]): string {
  const left = mostFederatedCredentials - others.length - 1;
  if (left >= 0) return `, which leaves room for ${left} of ${mostFederatedCredentials}`;
  throw new FedbridgeError(
    'INPUT_INVALID',
    `The identity has ${others.length} federated credentials, and takes no more than ${mostFederatedCredentials}.`,
    {
      hint: 'Nothing was changed. Remove one that is not needed ("az identity federated-credential list"), or take an identity of its own.',
    },
  );
}
