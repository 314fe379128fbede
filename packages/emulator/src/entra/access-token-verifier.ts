import type { Claims } from '../server/jwt.ts';
import type { Names } from '../server/names.ts';
import type { RelyingParty } from '../server/relying-party.ts';
import type { World } from '../server/service.ts';
import type { Directory } from './directory.ts';

interface VerifierOptions {
  readonly directory: Directory;
  readonly relyingParty: RelyingParty;
  readonly world: World;
  readonly names: Names;
}

/** Verifies access tokens as the APIs behind Entra do: signature, issuer and expiry. The audience is the API's to judge. */
export class AccessTokenVerifier {
  readonly #options: VerifierOptions;

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  /** The claims of a token that a tenant has signed and that has not expired; undefined for any other. */
  async claimsOf(token: string): Promise<Claims | undefined> {
    const { directory, relyingParty, world, names } = this.#options;
    // Either version of tokens.
    const issuers = directory.tenants.flatMap(({ id }) => [names.entra(id), names.entraV1(id)]);
    const claims = await relyingParty.claimsOf(token, issuers);
    return (claims?.exp ?? 0) > world.clock.seconds() ? claims : undefined;
  }

  /** The same of the token that a request carries in its `Authorization` header. */
  async bearerOf(authorization = ''): Promise<Claims | undefined> {
    const token = /^Bearer ([\w.-]+)$/i.exec(authorization)?.[1];
    return token === undefined ? undefined : this.claimsOf(token);
  }
}
