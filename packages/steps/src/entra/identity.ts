import { type Endpoint, FedbridgeError, type Host, parseEndpoint } from '@fedbridge/core';
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
import type { EntraInputs } from './inputs.ts';

/** As whom, and where, tokens are asked for. */
export interface EntraIdentity {
  readonly cloud: Cloud;
  readonly authority: Endpoint;
  readonly clientId: ClientId;
  readonly tenantId: TenantId;
  readonly subscriptionId: SubscriptionId | undefined;
}

/** From the inputs, else from the service connection. @throws FedbridgeError `INPUT_*`, `CONNECTION_*` */
export function entraIdentity(host: Host, inputs: EntraInputs): EntraIdentity {
  const connection = host.serviceConnection();
  const cloud = clouds[inputs.environment ?? connectionCloud(connection?.environment) ?? 'azurecloud'];
  return {
    cloud,
    authority: inputs.authorityHost ?? parseEndpoint(cloud.authority, 'the authority host'),
    clientId: inputs.clientId ?? needed(host, 'clientId', connection?.clientId, parseClientId),
    tenantId: inputs.tenantId ?? needed(host, 'tenantId', connection?.tenantId, parseTenantId),
    subscriptionId:
      inputs.subscriptionId ??
      (connection?.subscriptionId ? parseSubscriptionId(connection.subscriptionId) : undefined),
  };
}

function connectionCloud(name: string | undefined): CloudName | undefined {
  if (name === undefined) return undefined;
  const cloud = cloudOf(name);
  if (cloud) return cloud;
  throw new FedbridgeError('INPUT_INVALID', `The service connection is for ${name}, a cloud that is not known.`, {
    hint: `Name one of ${cloudNames.join(', ')} in "environment", and its address in "authorityHost".`,
  });
}

/** What the user did not give and the connection must have. */
function needed<T>(host: Host, input: string, fromConnection: string | undefined, parse: (text: string) => T): T {
  if (fromConnection !== undefined) return parse(fromConnection);
  throw new FedbridgeError('INPUT_MISSING', `Input "${host.inputName(input)}" is required.`);
}
