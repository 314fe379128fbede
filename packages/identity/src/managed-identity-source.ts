import type { Outbound } from '@fedbridge/core';
import { FedbridgeError, isGuid, isWithin } from '@fedbridge/core';
import { checkIdToken } from './check.ts';
import { IdToken } from './id-token.ts';
import { type ManagedIdentity, managedIdentityToken } from './managed-identity.ts';
import type { IdTokenSource } from './source.ts';

/**
 * A managed identity's token as a web identity: Entra signs it for an application of the tenant, named by its URI, and AWS
 * or another application of Entra trusts it.
 */
export class ManagedIdentityIdTokenSource implements IdTokenSource {
  readonly name = 'managed identity';
  readonly audience = 'chosen';
  readonly #outbound: Outbound;
  readonly #identity: ManagedIdentity;

  constructor(outbound: Outbound, identity: ManagedIdentity) {
    this.#outbound = outbound;
    this.#identity = identity;
  }

  async getIdToken(audience?: string): Promise<IdToken> {
    if (!isResource(audience)) {
      const what = audience === undefined ? 'without an audience' : `for the audience "${audience}"`;
      throw new FedbridgeError('INPUT_INVALID', `A managed identity gets no token ${what}.`, {
        hint:
          'A managed identity gets tokens for applications of its tenant alone. Register one, name its URI in the input "audience" ' +
          '(api://my-app), and let the cloud trust that audience.',
      });
    }
    const { value } = await managedIdentityToken(this.#identity, audience, this.#outbound);
    const token = IdToken.parse(value);
    return checkIdToken(token, {
      issuer: isIssuer,
      issuerName: 'the one of Entra',
      // An application that wants tokens of version 2 is named by its client id instead of its URI.
      audiences: [audience, ...token.audiences.filter((one) => isGuid(one))],
      endpoint: new URL(this.#identity.endpoint.url),
      now: this.#outbound.system.now(),
    });
  }
}

function isResource(audience: string | undefined): audience is string {
  return audience !== undefined && (isGuid(audience) || /^[a-z][a-z\d+.-]*:\/\/\S/i.test(audience));
}

/** `https://sts.windows.net/<tenant>/` in tokens of version 1, `https://login.microsoftonline.com/<tenant>/v2.0` in those of 2. */
function isIssuer({ host, pathname }: URL): boolean {
  const first = ['sts.windows.net', 'sts.chinacloudapi.cn'].some((domain) => isWithin(host, domain));
  if (first) return /^\/[\da-f-]{36}\/$/i.test(pathname);
  const second = ['login.microsoftonline.com', 'login.microsoftonline.us', 'login.partner.microsoftonline.cn'];
  return (second.includes(host) || host === 'login.chinacloudapi.cn') && /^\/[\da-f-]{36}\/v2\.0$/i.test(pathname);
}
