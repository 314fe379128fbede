import type { Names } from '../server/names.ts';
import type { RelyingParty } from '../server/relying-party.ts';
import type { World } from '../server/service.ts';
import type { TokenIssuer } from '../server/token-issuer.ts';
import { accessTokenClaims, accessTokenSeconds } from './access-token.ts';
import { acceptAssertion } from './assertion.ts';
import type { Directory, Registered } from './directory.ts';
import { EntraProblem } from './entra-problem.ts';
import type { Tenant } from './tenant.ts';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

interface TokenAnswer {
  readonly token_type: 'Bearer';
  /** Seconds. */
  readonly expires_in: number;
  readonly ext_expires_in: number;
  readonly access_token: string;
}

/** What the token endpoint works with. */
export interface TokenEndpoint {
  readonly directory: Directory;
  readonly issuer: TokenIssuer;
  readonly relyingParty: RelyingParty;
  readonly world: World;
  readonly names: Names;
}

/**
 * The answer to a request for an access token with a client assertion.
 * Source: Microsoft Learn, "Client credentials flow", third case.
 *
 * @param tenantName - a tenant's id, or one of its domains
 * @throws EntraProblem
 */
export async function grantClientCredentials(
  tenantName: string,
  form: URLSearchParams,
  { directory, issuer, relyingParty, world, names }: TokenEndpoint,
): Promise<TokenAnswer> {
  const tenant = directory.tenant(tenantName);
  if (!tenant) throw noTenant(tenantName);
  if (required(form, 'grant_type') !== 'client_credentials') {
    throw new EntraProblem(70003, 'unsupported_grant_type', 'The app requested an unsupported grant type.');
  }
  const client = clientOf(required(form, 'client_id'), tenant, directory);
  const resource = resourceOf(required(form, 'scope'));
  if (form.get('client_assertion_type') !== assertionType) {
    throw new EntraProblem(
      7000218,
      'invalid_client',
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    );
  }
  if (!client.hasServicePrincipal) throw noPrincipal(client);
  await acceptAssertion(required(form, 'client_assertion'), client, relyingParty, world.clock.seconds());
  const accessToken = await issuer.sign(
    accessTokenClaims(client, resource, names.entra(tenant.id), world.clock.seconds()),
  );
  world.secrets.add(accessToken);
  const lifetime = accessTokenSeconds(tenant);
  return { token_type: 'Bearer', expires_in: lifetime, ext_expires_in: lifetime, access_token: accessToken };
}

function clientOf(clientId: string, tenant: Tenant, directory: Directory): Registered {
  const registered = directory.byClientId(clientId, tenant);
  if (registered) return registered;
  throw new EntraProblem(
    700016,
    'unauthorized_client',
    `Application with identifier '${clientId}' was not found in the directory '${tenant.id}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  );
}

/** Source: Azure/Commercial-Marketplace-SaaS-Accelerator#830. */
function noPrincipal({ application, tenant }: Registered): EntraProblem {
  return new EntraProblem(
    7000229,
    'invalid_client',
    `The client application ${application.clientId} is missing service principal in the tenant ${tenant.id}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119`,
  );
}

/** Source of the first text: caddy-dns/azure#3. */
function noTenant(name: string): EntraProblem {
  const couldBeOne = name.includes('.') || /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(name);
  return couldBeOne
    ? new EntraProblem(
        90002,
        'invalid_request',
        `Tenant '${name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
      )
    : new EntraProblem(
        900023,
        'invalid_request',
        `Specified tenant identifier '${name}' is neither a valid DNS name, nor a valid external domain.`,
      );
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value) return value;
  throw new EntraProblem(
    900144,
    'invalid_request',
    `The request body must contain the following parameter: '${name}'.`,
  );
}

function resourceOf(scope: string): string {
  // The clients' libraries ask for further scopes, which mean nothing in this grant.
  const wanted = scope.split(' ').filter((one) => !['openid', 'profile', 'offline_access'].includes(one));
  const resource = /^(.+)\/\.default$/.exec(wanted[0] ?? '')?.[1];
  if (resource !== undefined && wanted.length === 1) return resource;
  throw new EntraProblem(
    1002012,
    'invalid_scope',
    `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
  );
}
