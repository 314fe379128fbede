import type { Identity } from '@fedbridge/identity';
import { AccessToken } from './access-token.ts';
import { type ClientId, parseClientId, type Resource } from './ids.ts';

/** An access token of a machine's identity, and whose it is where the machine tells. */
export interface MachineAccessToken {
  readonly token: AccessToken;
  readonly clientId: ClientId | undefined;
}

/**
 * Asks the machine for an access token of its managed identity: nothing is exchanged.
 *
 * @throws FedbridgeError `INPUT_INVALID` where claims are required, `ID_TOKEN_UNAVAILABLE`, `ID_TOKEN_REFUSED`, `UNAVAILABLE`, `ANSWER_MALFORMED`, `HTTP_*`
 */
export async function machineAccessToken(identity: Identity, resource: Resource): Promise<MachineAccessToken> {
  const { value, expiresAt, clientId } = await identity.getMachineToken(resource);
  return {
    token: new AccessToken(value, { resource, expiresAt, presented: undefined }),
    clientId: clientId === undefined ? undefined : parseClientId(clientId),
  };
}
