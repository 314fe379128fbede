import { FedbridgeError, isGuid, leastLeft, parseEndpoint, renewed } from '@fedbridge/core';
import {
  type CloudName,
  cloudOf,
  clouds,
  exchangeForAccessToken,
  parseClientId,
  parseResource,
  parseTenantId,
  type Resource,
  sovereignCloudOf,
} from '@fedbridge/entra';
import { reuseWhileFresh } from '@fedbridge/identity';
import { insideOf, type JobIdentity } from './job-identity.ts';
import { option, withOptionNames } from './option.ts';

/** Which application or managed identity, and where. What a service connection says need not be said again. */
export interface EntraCredentialOptions {
  /** Its client id, a GUID. Default: the service connection's. */
  readonly clientId?: string | undefined;
  /** Its tenant, by GUID or domain. Default: the service connection's. */
  readonly tenantId?: string | undefined;
  /** Default: the service connection's, else `azurecloud`. */
  readonly cloud?: 'azurecloud' | 'azureusgovernment' | 'azurechinacloud' | undefined;
  /** Another address for Entra: that of a cloud which is not named above, or an emulator. */
  readonly authorityHost?: string | undefined;
  /** The audience that the ID token is asked for, where the platform lets one choose. Default: the cloud's. */
  readonly audience?: string | undefined;
}

/** As the Azure SDK for JavaScript takes it: its `AccessToken`. */
export interface EntraAccessToken {
  readonly token: string;
  /** In ms since 1970-01-01 UTC. */
  readonly expiresOnTimestamp: number;
}

/** As the Azure SDK for JavaScript takes it: its `TokenCredential`. */
export interface EntraCredential {
  /**
   * The token that there is, or a new one by a new ID token once it has two minutes left.
   *
   * @param scopes - of one resource: `https://vault.azure.net/.default`
   * @throws FedbridgeError `INPUT_INVALID`, `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `UNAVAILABLE`, `ANSWER_MALFORMED`, `HTTP_*`,
   *   `ID_TOKEN_*`; a denial says in `detail` what was presented, and which federated credential is missing
   */
  getToken(
    scopes: string | string[],
    options?: { readonly claims?: string; readonly tenantId?: string },
  ): Promise<EntraAccessToken>;
}

/**
 * A credential of an application or managed identity that has a federated credential for the job, for any client of the Azure SDK for
 * JavaScript.
 *
 * @throws FedbridgeError `INPUT_INVALID`, `INPUT_MISSING`, `ENDPOINT_NOT_ALLOWED`; and from `getToken` `EXCHANGE_REFUSED`,
 *   `EXCHANGE_REJECTED`, `UNAVAILABLE`, `ANSWER_MALFORMED`, `HTTP_*`, `ID_TOKEN_*`
 *
 * @example
 * const credential = entraCredential(jobIdentity(), { clientId, tenantId });
 * const secrets = new SecretClient('https://contoso.vault.azure.net', credential);
 */
export function entraCredential(job: JobIdentity, options: EntraCredentialOptions = {}): EntraCredential {
  const inside = insideOf(job);
  const { system, connection } = inside;
  const cloud = clouds[options.cloud ?? connectionCloud(connection?.environment)];
  const request = {
    authority: parseEndpoint(options.authorityHost ?? cloud.authority, 'the authority host'),
    fromVariable: false,
    clientId: option('clientId', needed('clientId', options.clientId ?? connection?.clientId), parseClientId),
    tenantId: option('tenantId', needed('tenantId', options.tenantId ?? connection?.tenantId), parseTenantId),
  };
  const audience = options.audience ?? sovereignCloudOf(request.authority)?.audience ?? cloud.audience;
  const acquire = async (resource: Resource) => {
    const bounds = inside.outbound();
    const ids = inside.identity(bounds);
    const idToken = reuseWhileFresh(
      ids,
      options.audience ?? (ids.audience === 'chosen' ? audience : undefined),
      system,
    );
    const token = await exchangeForAccessToken({ ...request, resource }, idToken, bounds);
    const value = { token: token.reveal(), expiresOnTimestamp: token.expiresAt };
    return { value, expiresAt: token.expiresAt };
  };
  const tokens = new Map<Resource, () => Promise<EntraAccessToken>>();
  return {
    async getToken(scopes, asked = {}) {
      refuseOthers(asked, request.tenantId);
      const resource = resourceOf([scopes].flat());
      const get =
        tokens.get(resource) ?? renewed(() => withOptionNames(acquire(resource)), leastLeft.toHandOut, system);
      tokens.set(resource, get);
      return get();
    },
  };
}

function connectionCloud(name: string | undefined): CloudName {
  if (!name) return 'azurecloud';
  const cloud = cloudOf(name);
  if (cloud) return cloud;
  throw new FedbridgeError('INPUT_INVALID', `The service connection is for ${name}, a cloud that is not known.`, {
    hint: 'Say the nearest of the known ones in "cloud", and the address of its Entra in "authorityHost".',
  });
}

function needed(name: string, value: string | undefined): string {
  if (value) return value;
  throw new FedbridgeError('INPUT_MISSING', `Option "${name}" is required where no service connection has it.`);
}

/** Of one resource: a token is for one. @throws FedbridgeError `INPUT_INVALID` */
function resourceOf(scopes: readonly string[]): Resource {
  const [resource, ...others] = new Set(scopes.map((scope) => option('scopes', scope, parseResource)));
  if (resource !== undefined && others.length === 0) return resource;
  throw new FedbridgeError('INPUT_INVALID', 'Option "scopes": expected those of one resource.');
}

/** Whoever asks for more than a federated credential gives must not think that they got it. @throws FedbridgeError `INPUT_INVALID` */
function refuseOthers(
  { claims, tenantId }: { readonly claims?: string; readonly tenantId?: string },
  own: string,
): void {
  if (claims) {
    throw new FedbridgeError(
      'INPUT_INVALID',
      'The service demands further claims, which a job cannot have a person fulfil.',
      {
        hint: 'See the policies of Conditional Access for workload identities that the service has.',
      },
    );
  }
  if (tenantId && isGuid(own) && tenantId.toLowerCase() !== own.toLowerCase()) {
    throw new FedbridgeError('INPUT_INVALID', `The service is of tenant ${tenantId}; the credential is of ${own}.`);
  }
}
