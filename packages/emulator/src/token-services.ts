import type { FastifyInstance } from 'fastify';
import type { GoogleCloud } from './google/google-cloud.ts';
import { serveGoogle } from './google/google-service.ts';
import { type AuthorizationServer, serveAuthorizationServer } from './oauth/authorization-server.ts';
import { type OctoSts, serveOctoSts } from './octo-sts/octo-sts-service.ts';
import type { RelyingParty } from './server/relying-party.ts';
import type { World } from './server/service.ts';
import type { tokenServiceNames } from './token-service-names.ts';

/** What they have. */
export interface TokenServicesSetup {
  readonly authorizationServer?: AuthorizationServer;
  readonly octoSts?: OctoSts;
  readonly google?: GoogleCloud;
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
  { oauth, octoSts, google }: Services,
  setup: TokenServicesSetup,
  shared: Shared,
): void {
  const { authorizationServer = { trusts: [] }, octoSts: instance = { policies: [] } } = setup;
  serveAuthorizationServer(oauth.app, { ...shared, server: authorizationServer, url: oauth.url });
  serveOctoSts(octoSts.app, { ...shared, octoSts: instance, url: octoSts.url });
  serveGoogle(google.app, { ...shared, google: setup.google ?? { providers: [], serviceAccounts: [] } });
}
