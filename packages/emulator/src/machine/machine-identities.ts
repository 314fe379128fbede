import { accessTokenClaims, accessTokenSeconds } from '../entra/access-token.ts';
import { entraAudience } from '../entra/audience.ts';
import type { Directory, Registered } from '../entra/directory.ts';
import type { Names } from '../server/names.ts';
import type { World } from '../server/service.ts';
import type { TokenIssuer } from '../server/token-issuer.ts';
import type { Machine } from './machine.ts';

interface IdentitiesOptions {
  readonly directory: Directory;
  /** Entra's issuer. */
  readonly issuer: TokenIssuer;
  readonly world: World;
  readonly names: Names;
}

/** How a request names an identity; by none of them it asks for the machine's only one. */
interface IdentityNames {
  readonly clientId?: string | undefined;
  readonly objectId?: string | undefined;
  readonly resourceId?: string | undefined;
}

/** What each form of machine is served with. */
export interface MachineOptions {
  readonly identities: MachineIdentities;
  readonly world: World;
  /** The machine's own origin. */
  readonly url: string;
}

/** The answer of every form of machine to a request that names no resource, with HTTP 400. */
export const resourceRequired = {
  error: 'invalid_resource',
  error_description: 'A resource is required',
  message: 'A resource is required.',
};

/** The managed identities of a machine, and their access tokens. */
export class MachineIdentities {
  readonly #machine: Machine;
  readonly #options: IdentitiesOptions;

  constructor(machine: Machine, options: IdentitiesOptions) {
    this.#machine = machine;
    this.#options = options;
  }

  /** The identity that is asked for, if the machine has it. */
  find({ clientId, objectId, resourceId }: IdentityNames): Registered | undefined {
    const { directory } = this.#options;
    const { systemAssigned, userAssigned = [] } = this.#machine;
    if (clientId === undefined && objectId === undefined && resourceId === undefined) {
      const own = systemAssigned ?? (userAssigned.length === 1 ? userAssigned[0] : undefined);
      return own === undefined ? undefined : directory.byClientId(own);
    }
    const found =
      (clientId && directory.byClientId(clientId)) ||
      (objectId && directory.byObjectId(objectId)) ||
      (resourceId && directory.byResourceId(resourceId)) ||
      undefined;
    return found && [systemAssigned, ...userAssigned].includes(found.application.clientId) ? found : undefined;
  }

  /** An access token for a resource, as IMDS answers it; numbers are texts, in seconds. */
  async token(identity: Registered, resource: string) {
    const { issuer, world, names } = this.#options;
    const { tenant, application } = identity;
    const now = world.clock.seconds();
    const claims = accessTokenClaims(identity, resource, names.entra(tenant.id), now);
    const isApplication = resource.startsWith('api://') && resource !== entraAudience.uri;
    const token = await issuer.sign({
      ...claims,
      ...(resource === entraAudience.uri ? { aud: entraAudience.clientId } : {}),
      // An application's own API gets tokens of version 1 unless it asks for others.
      ...(isApplication ? { iss: names.entraV1(tenant.id), ver: '1.0', azp: undefined } : {}),
      xms_mirid: application.resourceId,
    });
    world.secrets.add(token);
    const seconds = String(accessTokenSeconds(tenant));
    return {
      access_token: token,
      client_id: application.clientId,
      expires_on: String(claims.exp),
      resource,
      token_type: 'Bearer',
      expires_in: seconds,
      ext_expires_in: seconds,
      not_before: String(now),
    };
  }
}
