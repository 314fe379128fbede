import { type Endpoint, FedbridgeError, parseEndpoint } from '@fedbridge/core';
import {
  type AzureCloud,
  type ClientId,
  type CloudName,
  cloudNames,
  cloudOf,
  clouds,
  parseClientId,
  parseKnownAuthority,
  parseResource,
  parseSubscriptionId,
  parseTenantId,
  type Resource,
  type SubscriptionId,
  sovereignCloudOf,
  type TenantId,
} from '@fedbridge/entra';
import type { ManagedIdentity } from '@fedbridge/identity';
import type { Host, StepContext } from '@fedbridge/step';
import type { EntraInputs } from './inputs.ts';
import type { WantedResource } from './resources.ts';

/** As whom, and where, tokens are asked for. */
export interface EntraIdentity {
  readonly cloud: AzureCloud;
  /** Entra, for an ID token; or the machine, which has an identity of its own. */
  readonly from:
    | {
        readonly authority: Endpoint;
        readonly fromVariable: boolean;
        readonly clientId: ClientId;
        readonly tenantId: TenantId;
      }
    | { readonly machine: ManagedIdentity };
  /** Not known of a machine until it answers, as the tenant. */
  readonly clientId: ClientId | undefined;
  readonly tenantId: TenantId | undefined;
  readonly subscriptionId: SubscriptionId | undefined;
  /** Whether an input named another Entra than the cloud's: Azure Stack, say, or a cloud that is known by its Entra alone. */
  readonly isOwnCloud: boolean;
}

/** From the inputs, else from the service connection or the pod. @throws FedbridgeError `INPUT_*`, `CONNECTION_*`, `ENDPOINT_NOT_ALLOWED` */
export function entraIdentity(
  { host, identity, managedIdentity }: Pick<StepContext, 'host' | 'identity' | 'managedIdentity'>,
  inputs: EntraInputs,
): EntraIdentity {
  const connection = host.serviceConnection();
  const cloud = clouds[inputs.environment ?? connectionCloud(connection?.environment) ?? 'azurecloud'];
  const subscriptionId =
    inputs.subscriptionId ?? (connection?.subscriptionId ? parseSubscriptionId(connection.subscriptionId) : undefined);
  const { authorityHost } = inputs;
  const isOwnCloud = authorityHost !== undefined && authorityHost.origin !== new URL(cloud.authority).origin;
  // With a managed identity named apart, client-id is an application that trusts it.
  const isFederated = managedIdentity !== undefined && inputs.clientId !== undefined;
  const { machine } = identity;
  if (machine && !isFederated) {
    identity.withoutIdToken('A managed identity gets its access tokens from the machine');
    const { clientId, tenantId } = inputs;
    return { cloud, from: { machine }, clientId, tenantId, subscriptionId, isOwnCloud };
  }
  // What the webhook of workload identity puts into a pod.
  const pod = identity.isInFiles ? host.system.environment : {};
  const clientId =
    inputs.clientId ?? needed(host, 'clientId', connection?.clientId ?? pod.AZURE_CLIENT_ID, parseClientId);
  const tenantId =
    inputs.tenantId ?? needed(host, 'tenantId', connection?.tenantId ?? pod.AZURE_TENANT_ID, parseTenantId);
  const named = pod.AZURE_AUTHORITY_HOST;
  const fix = `If it is yours, name it in the input "${host.inputName('authorityHost')}".`;
  const authority =
    authorityHost ?? (named ? parseKnownAuthority(named, fix) : parseEndpoint(cloud.authority, 'the authority host'));
  const fromVariable = authorityHost === undefined && Boolean(named);
  const from = { authority, fromVariable, clientId, tenantId };
  return { cloud, from, clientId, tenantId, subscriptionId, isOwnCloud };
}

/** The cloud that is known by its Entra alone, where the identity's is one. */
export function sovereignOf({ from }: Pick<EntraIdentity, 'from'>) {
  return 'machine' in from ? undefined : sovereignCloudOf(from.authority);
}

function connectionCloud(name: string | undefined): CloudName | undefined {
  if (!name) return undefined;
  const cloud = cloudOf(name);
  if (cloud) return cloud;
  throw new FedbridgeError('INPUT_INVALID', `The service connection is for ${name}, a cloud that is not known.`, {
    hint: `Name the nearest of ${cloudNames.join(', ')} in {environment}, and the address of its Entra in {authorityHost}.`,
  });
}

/**
 * Whom the ID token is asked for, where the platform lets one choose.
 *
 * @throws FedbridgeError `INPUT_MISSING` where the cloud's is not known
 */
export function exchangeAudience(host: Host, identity: EntraIdentity): string {
  const sovereign = sovereignOf(identity);
  if (!sovereign) return identity.cloud.audience;
  if (sovereign.audience) return sovereign.audience;
  throw new FedbridgeError(
    'INPUT_MISSING',
    `Input "${host.inputName('audience')}" is required for ${sovereign.title}.`,
  );
}

/** The resources by their URIs. @throws FedbridgeError `INPUT_INVALID` for a short name in a cloud that is known by its Entra alone */
export function resolveResources(
  host: Host,
  identity: EntraIdentity,
  wanted: readonly WantedResource[],
): readonly { readonly name: string | undefined; readonly resource: Resource }[] {
  const sovereign = sovereignOf(identity);
  return wanted.map(({ name, resource }) => {
    if (typeof resource === 'string') return { name, resource };
    if (!sovereign) return { name, resource: parseResource(identity.cloud.resources[resource.known]) };
    const input = host.inputName('resource');
    throw new FedbridgeError(
      'INPUT_INVALID',
      `Input "${input}" names ${resource.known}, which is not known of ${sovereign.title}.`,
      {
        hint: `Give its URI there, with a name for its outputs: "${resource.known} = https://…".`,
      },
    );
  });
}

/** What the user did not give and the connection or the pod must have. */
function needed<T>(host: Host, input: string, given: string | undefined, parse: (text: string) => T): T {
  if (given) return parse(given);
  throw new FedbridgeError('INPUT_MISSING', `Input "${host.inputName(input)}" is required.`, {
    hint: host.hasServiceConnections
      ? 'Or name a service connection, which has it, in {azureSubscription}.'
      : undefined,
  });
}
