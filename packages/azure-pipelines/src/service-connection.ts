import { FedbridgeError } from '@fedbridge/core';
import type { ServiceConnection } from '@fedbridge/step';
import { tasks } from './task-lib.ts';

/**
 * Reads a service connection that the agent handed to this task.
 *
 * @throws FedbridgeError `CONNECTION_MISSING`, `CONNECTION_NOT_FEDERATED`
 */
export function readConnection(id: string): ServiceConnection {
  const authorization = readAuthorization(id);
  if (!authorization) {
    throw new FedbridgeError('CONNECTION_MISSING', `The agent has no service connection ${id}.`, {
      hint: 'See that azureSubscription names a service connection that exists and that this pipeline may use.',
    });
  }
  if (authorization.scheme.toLowerCase() !== 'workloadidentityfederation') throw notFederated(authorization.scheme);
  const parameter = (name: string) =>
    Object.entries(authorization.parameters).find(([key]) => key.toLowerCase() === name)?.[1];
  // Some connections have a parameter and nothing in it.
  const data = (name: string) => tasks.getEndpointDataParameter(id, name, true)?.trim() || undefined;
  return {
    id,
    clientId: parameter('serviceprincipalid'),
    tenantId: parameter('tenantid'),
    subscriptionId: data('SubscriptionID'),
    environment: data('environment'),
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

function readAuthorization(id: string) {
  try {
    return tasks.getEndpointAuthorization(id, true);
  } catch {
    // The toolkit's own message quotes the authorization.
    throw new FedbridgeError('CONNECTION_MISSING', `What the agent says of service connection ${id} cannot be read.`);
  }
}
