import type { Outbound } from '@fedbridge/core';
import { FedbridgeError, isGuid } from '@fedbridge/core';
import { entraIssuer, namesOfAudience } from '@fedbridge/issuers';
import { checkIdToken } from './check-id-token.ts';
import { IdToken } from './id-token.ts';
import type { IdTokenSource } from './id-token-source.ts';
import { type ManagedIdentity, managedIdentityToken } from './managed-identity.ts';

/**
 * A managed identity's token as a web identity: Entra signs it for an application of the tenant, named by its URI, and AWS
 * or another application of Entra trusts it.
 */
export class ManagedIdentityIdTokenSource implements IdTokenSource {
  readonly name = 'managed identity';
  readonly audience = 'chosen';
  readonly #outbound: Outbound;
  readonly #identity: ManagedIdentity;
  readonly #known: boolean;

  constructor(
    outbound: Outbound,
    { identity, known }: { readonly identity: ManagedIdentity; readonly known: boolean },
  ) {
    this.#outbound = outbound;
    this.#identity = identity;
    this.#known = known;
  }

  async getIdToken(audience?: string): Promise<IdToken> {
    if (!isResource(audience)) {
      const what = audience === undefined ? 'without an audience' : `for the audience "${audience}"`;
      throw new FedbridgeError('INPUT_INVALID', `A managed identity gets no token ${what}.`, {
        hint:
          'A managed identity gets tokens for applications of its tenant alone. Register one, name its URI in {audience} ' +
          '(api://my-app), and allow that audience in the cloud.',
      });
    }
    const { value } = await managedIdentityToken(this.#identity, audience, this.#outbound, this.#known);
    const token = IdToken.parse(value);
    return checkIdToken(token, {
      issuer: (iss) => entraIssuer(iss) !== undefined,
      issuerName: 'the one of Entra',
      audiences: namesOf(audience),
      otherAudience: 'Name in {audience} the one that the token has.',
      endpoint: new URL(this.#identity.endpoint.url),
      now: this.#outbound.system.now(),
    });
  }
}

/**
 * An application by its URI, and by the client id that tokens of version 2 name it by, where the one says the other. Of another URI
 * nobody here knows whose client id belongs to it: such a token is asked for by the client id.
 */
function namesOf(audience: string): readonly string[] {
  const names = namesOfAudience(audience);
  if (names.length > 1) return names;
  const [, id = audience] = /^api:\/\/([^/]+)$/.exec(audience) ?? [];
  return isGuid(id) ? [id, `api://${id}`] : [audience];
}

function isResource(audience: string | undefined): audience is string {
  return audience !== undefined && (isGuid(audience) || /^[a-z][a-z\d+.-]*:\/\/\S/i.test(audience));
}
