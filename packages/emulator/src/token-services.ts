import type { FastifyInstance } from 'fastify';
import type { GoogleCloud } from './google/google-cloud.ts';
import { serveGoogle } from './google/google-service.ts';
import { type AuthorizationServer, serveAuthorizationServer } from './oauth/authorization-server.ts';
import { type OctoSts, serveOctoSts } from './octo-sts/octo-sts-service.ts';
import type { RelyingParty } from './server/relying-party.ts';
import type { World } from './server/service.ts';
import type { tokenServiceNames } from './token-service-names.ts';
import type { Vault } from './vault/vault.ts';
import { serveVault } from './vault/vault-service.ts';

/** What they have. */
export interface TokenServicesSetup {
  readonly authorizationServer?: AuthorizationServer;
  readonly octoSts?: OctoSts;
  readonly google?: GoogleCloud;
  readonly vault?: Vault;
}

interface Shared {
  readonly relyingParty: RelyingParty;
  readonly world: World;
}

type Services = Readonly<
  Record<(typeof tokenServiceNames)[number], { readonly app: FastifyInstance; readonly url: string }>
>;

/** Each with its routes on its own service; one that has nothing trusts nobody. */
export function serveTokenServices(
  { oauth, octoSts, google, vault }: Services,
  setup: TokenServicesSetup,
  shared: Shared,
): void {
  const { authorizationServer = { trusts: [] }, octoSts: instance = { policies: [] } } = setup;
  serveAuthorizationServer(oauth.app, { ...shared, server: authorizationServer, url: oauth.url });
  serveOctoSts(octoSts.app, { ...shared, octoSts: instance, url: octoSts.url });
  serveGoogle(google.app, { ...shared, google: setup.google ?? { providers: [], serviceAccounts: [] } });
  serveVault(vault.app, { ...shared, vault: setup.vault ?? { jwtMethods: [], policies: {} } });
}
