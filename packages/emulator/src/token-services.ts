import { serveGoogle } from './google/google-service.ts';
import { serveAuthorizationServer } from './oauth/authorization-server.ts';
import { serveOctoSts } from './octo-sts/octo-sts-service.ts';
import type { TokenServicePlace } from './server/token-service.ts';
import { serveVault } from './vault/vault-service.ts';

/** Services that exchange ID tokens for tokens of their own, a folder each. One that has nothing trusts nobody. */
const tokenServices = {
  oauth: serveAuthorizationServer,
  octoSts: serveOctoSts,
  google: serveGoogle,
  vault: serveVault,
} as const;

type TokenServiceName = keyof typeof tokenServices;

/** Each has an origin of its own. */
export const tokenServiceNames = Object.keys(tokenServices) as TokenServiceName[];

type Setups = { readonly [Name in TokenServiceName]: Parameters<(typeof tokenServices)[Name]>[1] };

/** What they have, by their names. */
export type TokenServicesSetup = Partial<Setups>;

/** Each with its routes on its own service. @throws Error for a set-up that the service would not take */
export function serveTokenServices(
  services: Readonly<Record<TokenServiceName, Pick<TokenServicePlace, 'app' | 'url'>>>,
  setup: TokenServicesSetup,
  shared: Pick<TokenServicePlace, 'relyingParty' | 'world'>,
): void {
  const all: { readonly [Name in TokenServiceName]: (place: TokenServicePlace, has?: Setups[Name]) => void } =
    tokenServices;
  const serve = <Name extends TokenServiceName>(name: Name) => all[name]({ ...services[name], ...shared }, setup[name]);
  for (const name of tokenServiceNames) serve(name);
}
