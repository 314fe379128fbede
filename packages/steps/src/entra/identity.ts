import { type Endpoint, FedbridgeError, parseEndpoint } from '@fedbridge/core';
import {
  type ClientId,
  type Cloud,
  type CloudName,
  cloudNames,
  cloudOf,
  clouds,
  parseClientId,
  parseSubscriptionId,
  parseTenantId,
  type SubscriptionId,
  type TenantId,
} from '@fedbridge/entra';
import type { ManagedIdentity } from '@fedbridge/identity';
import type { Host, StepContext } from '@fedbridge/step';
import type { EntraInputs } from './inputs.ts';

/** As whom, and where, tokens are asked for. */
export interface EntraIdentity {
  readonly cloud: Cloud;
  /** Entra, for an ID token; or the machine, which has an identity of its own. */
  readonly from:
    | { readonly authority: Endpoint; readonly clientId: ClientId; readonly tenantId: TenantId }
    | { readonly machine: ManagedIdentity };
  /** Not known of a machine until it answers, as the tenant. */
  readonly clientId: ClientId | undefined;
  readonly tenantId: TenantId | undefined;
  readonly subscriptionId: SubscriptionId | undefined;
}

/** From the inputs, else from the service connection or the pod. @throws FedbridgeError `INPUT_*`, `CONNECTION_*` */
export function entraIdentity(
  { host, identity, managedIdentity }: Pick<StepContext, 'host' | 'identity' | 'managedIdentity'>,
  inputs: EntraInputs,
): EntraIdentity {
  const { source } = identity.plan;
  const connection = host.serviceConnection();
  const cloud = clouds[inputs.environment ?? connectionCloud(connection?.environment) ?? 'azurecloud'];
  const subscriptionId =
    inputs.subscriptionId ?? (connection?.subscriptionId ? parseSubscriptionId(connection.subscriptionId) : undefined);
  // With a managed identity named apart, client-id is an application that trusts it.
  const isFederated = managedIdentity !== undefined && inputs.clientId !== undefined;
  if (source.kind === 'managed-identity' && !isFederated) {
    identity.withoutIdToken('A managed identity gets its access tokens from the machine');
    const { clientId, tenantId } = inputs;
    return { cloud, from: { machine: source.identity }, clientId, tenantId, subscriptionId };
  }
  // What the webhook of workload identity puts into a pod.
  const pod = source.kind === 'kubernetes' ? host.system.environment : {};
  const clientId =
    inputs.clientId ?? needed(host, 'clientId', connection?.clientId ?? pod.AZURE_CLIENT_ID, parseClientId);
  const tenantId =
    inputs.tenantId ?? needed(host, 'tenantId', connection?.tenantId ?? pod.AZURE_TENANT_ID, parseTenantId);
  const authority =
    inputs.authorityHost ?? parseEndpoint(pod.AZURE_AUTHORITY_HOST || cloud.authority, 'the authority host');
  return { cloud, from: { authority, clientId, tenantId }, clientId, tenantId, subscriptionId };
}

function connectionCloud(name: string | undefined): CloudName | undefined {
  if (name === undefined) return undefined;
  const cloud = cloudOf(name);
  if (cloud) return cloud;
  throw new FedbridgeError('INPUT_INVALID', `The service connection is for ${name}, a cloud that is not known.`, {
    hint: `Name one of ${cloudNames.join(', ')} in "environment", and its address in "authorityHost".`,
  });
}

/** What the user did not give and the connection or the pod must have. */
function needed<T>(host: Host, input: string, given: string | undefined, parse: (text: string) => T): T {
  if (given) return parse(given);
  const onAzurePipelines = host.job.platform === 'azure-pipelines';
  throw new FedbridgeError('INPUT_MISSING', `Input "${host.inputName(input)}" is required.`, {
    hint: onAzurePipelines ? 'Or name a service connection, which has it: input "azureSubscription".' : undefined,
  });
}
