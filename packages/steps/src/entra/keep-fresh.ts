import { join } from 'node:path';
import { brokerFiles, idTokenPath, managedIdentityPath } from '@fedbridge/broker';
import type { AccessToken } from '@fedbridge/entra';
import type { AdmittedIdToken } from '@fedbridge/identity';
import { type KeepFreshContext, keepFresh } from '../keep-fresh.ts';
import type { EntraIdentity } from './identity.ts';
import type { EntraInputs } from './inputs.ts';
import { withAudience } from './terraform.ts';

/** Where later steps find tokens that a broker keeps fresh. */
export interface KeptEntra {
  /** Has an ID token at any time; undefined where none is sent. */
  readonly tokenFile: string | undefined;
  /** What clients of a managed identity look for. */
  readonly variables: Readonly<Record<string, string>>;
  /** What Terraform's providers ask for ID tokens by; empty where none is sent. */
  readonly terraform: Readonly<Record<string, string>>;
  /** The same under GitHub's own names. */
  readonly gitHubIdToken: Readonly<Record<string, string>>;
}

/** @throws FedbridgeError `DELIVERY_FAILED` */
export async function keepEntraFresh(
  context: KeepFreshContext,
  inputs: EntraInputs,
  { from, clientId }: EntraIdentity,
  audience: string | undefined,
  idToken: AdmittedIdToken | undefined,
  accessTokens: readonly AccessToken[],
): Promise<KeptEntra> {
  const { origin, folder, identityHeader, idTokenBearer } = await keepFresh(context, inputs, {
    entra: {
      from: 'machine' in from ? 'machine' : { ...from, authority: from.authority.href, audience },
      clientId,
      held: accessTokens.map((token) => ({
        resource: token.resource,
        value: token.reveal(),
        expiresAt: token.expiresAt,
      })),
    },
    tokenFile: idToken && {
      audience,
      held: { value: idToken.reveal(), expiresAt: idToken.usableUntil(context.host.system.now()) },
    },
    idTokens: idToken !== undefined,
  });
  // Clients add `&audience=` to it.
  const idTokenUrl = `${origin}${idTokenPath}?api-version=2.0`;
  return {
    tokenFile: idToken && join(folder, brokerFiles.idToken),
    variables: { IDENTITY_ENDPOINT: `${origin}${managedIdentityPath}`, IDENTITY_HEADER: identityHeader },
    terraform: idToken
      ? {
          ARM_OIDC_REQUEST_URL: audience === undefined ? idTokenUrl : withAudience(idTokenUrl, audience),
          ARM_OIDC_REQUEST_TOKEN: idTokenBearer,
        }
      : {},
    gitHubIdToken: { ACTIONS_ID_TOKEN_REQUEST_URL: idTokenUrl, ACTIONS_ID_TOKEN_REQUEST_TOKEN: idTokenBearer },
  };
}
