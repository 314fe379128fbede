import { FedbridgeError } from '@fedbridge/core';
import type { ServiceConnection } from '@fedbridge/step';

/** How a service connection signs in, as the agent hands it to a task. */
export interface ConnectionAuthorization {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * What a service connection with workload identity federation says.
 *
 * @param authorization - undefined where the agent has no such connection
 * @param data - what else the connection has, by name
 * @throws FedbridgeError `CONNECTION_MISSING`, `CONNECTION_NOT_FEDERATED`
 */
export function federatedConnection(
  id: string,
  authorization: ConnectionAuthorization | undefined,
  data: (name: string) => string | undefined,
): ServiceConnection {
  if (!authorization) {
    throw new FedbridgeError('CONNECTION_MISSING', `The agent has no service connection ${id}.`, {
      hint: 'See that it exists, and that this pipeline may use it.',
    });
  }
  if (authorization.scheme.toLowerCase() !== 'workloadidentityfederation') throw notFederated(authorization.scheme);
  const parameter = (name: string) =>
    Object.entries(authorization.parameters).find(([key]) => key.toLowerCase() === name)?.[1];
  // Some connections have a parameter and nothing in it.
  const given = (name: string) => data(name)?.trim() || undefined;
  return {
    id,
    clientId: parameter('serviceprincipalid'),
    tenantId: parameter('tenantid'),
    subscriptionId: given('SubscriptionID'),
    environment: given('environment'),
    idToken: parameter('idtoken'),
  };
}

function notFederated(scheme: string): FedbridgeError {
  const isMachine = scheme.toLowerCase() === 'managedserviceidentity';
  return new FedbridgeError(
    'CONNECTION_NOT_FEDERATED',
    `The service connection's authentication is ${scheme}, not workload identity federation.`,
    {
      hint: isMachine
        ? "It stands for the managed identity of the agent's machine: leave the connection out, and set identity: managed-identity."
        : "Convert it in the project's settings, or make a new one: Azure Resource Manager, workload identity federation.",
    },
  );
}
