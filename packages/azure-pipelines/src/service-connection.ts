import { FedbridgeError } from '@fedbridge/core';
import type { ServiceConnection } from '@fedbridge/step';
import { federatedConnection } from './federated-connection.ts';
import { tasks } from './task-lib.ts';

/**
 * Reads a service connection that the agent handed to this task.
 *
 * @throws FedbridgeError `CONNECTION_MISSING`, `CONNECTION_NOT_FEDERATED`
 */
export function readConnection(id: string): ServiceConnection {
  return federatedConnection(id, readAuthorization(id), (name) => tasks.getEndpointDataParameter(id, name, true));
}

function readAuthorization(id: string) {
  try {
    return tasks.getEndpointAuthorization(id, true);
  } catch {
    // The toolkit's own message quotes the authorization.
    throw new FedbridgeError('CONNECTION_MISSING', `What the agent says of service connection ${id} cannot be read.`);
  }
}
