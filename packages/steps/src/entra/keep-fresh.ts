import { join } from 'node:path';
import { brokerFiles, idTokenPath } from '@fedbridge/broker';
import type { AccessToken } from '@fedbridge/entra';
import { managedIdentityPath, orderAccessTokens } from '@fedbridge/entra/keep-fresh';
import type { AdmittedIdToken } from '@fedbridge/identity';
import { type KeepFreshContext, keepFresh } from '../keep-fresh.ts';
import type { KeptEntra } from './delivery-facts.ts';
import type { EntraIdentity } from './entra-identity.ts';
import type { EntraInputs } from './inputs.ts';
import { withAudience } from './terraform.ts';

/** @throws FedbridgeError `DELIVERY_FAILED` */
export async function keepEntraFresh(
  context: KeepFreshContext,
  inputs: EntraInputs,
  { from, clientId }: EntraIdentity,
  audience: string | undefined,
  idToken: AdmittedIdToken | undefined,
  accessTokens: readonly AccessToken[],
): Promise<KeptEntra> {
  const { origin, folder, secrets } = await keepFresh(context, inputs, {
    endpoints: orderAccessTokens({
      from: 'machine' in from ? 'machine' : { ...from, audience },
      clientId,
      leases: accessTokens.map((token) => ({
        resource: token.resource,
        value: token.reveal(),
        expiresAt: token.expiresAt,
      })),
    }),
    tokenFile: idToken && {
      audience,
      lease: { value: idToken.reveal(), expiresAt: idToken.usableUntil(context.host.system.now()) },
    },
    idTokens: idToken !== undefined,
  });
  // Clients add `&audience=` to it.
  const idTokenUrl = `${origin}${idTokenPath}?api-version=2.0`;
  return {
    tokenFile: idToken && join(folder, brokerFiles.idToken),
    variables: { IDENTITY_ENDPOINT: `${origin}${managedIdentityPath}`, IDENTITY_HEADER: secrets.entra },
    terraform: idToken
      ? {
          ARM_OIDC_REQUEST_URL: audience === undefined ? idTokenUrl : withAudience(idTokenUrl, audience),
          ARM_OIDC_REQUEST_TOKEN: secrets.idTokens,
        }
      : {},
    gitHubIdToken: { ACTIONS_ID_TOKEN_REQUEST_URL: idTokenUrl, ACTIONS_ID_TOKEN_REQUEST_TOKEN: secrets.idTokens },
  };
}
