import { Identity, type IdToken } from '@fedbridge/identity';
import type { Cloud } from '@fedbridge/trust';
import type { Cli } from './command-line.ts';
import { jobSource, outbounds } from './identity-options.ts';
import { platforms } from './platforms.ts';

const timeoutMs = 60_000;

/** A pod that is known to both clouds has a file for each. */
const fileVariables = {
  aws: 'AWS_WEB_IDENTITY_TOKEN_FILE',
  entra: 'AZURE_FEDERATED_TOKEN_FILE',
} as const satisfies Record<Cloud, string>;

/**
 * The ID token of the job, pod or machine that this runs on, as a cloud gets it.
 *
 * @param audience - who it is asked for, where the job can choose
 * @param named - an audience that the user named: a machine has no other
 */
export async function jobToken(cloud: Cloud, audience: string, cli: Cli, named?: string): Promise<IdToken> {
  const outbound = outbounds(cli)(timeoutMs);
  const own = jobSource(cli.system, cli.system.environment.AZURESUBSCRIPTION_SERVICE_CONNECTION_ID);
  const identity = await Identity.choose(
    { wanted: 'auto', own, platforms, managedIdentity: { by: 'system' }, requiredClaims: [] },
    outbound,
  );
  const { source, requiredClaims } = identity.plan;
  const file = 'files' in source ? source.files[fileVariables[cloud]] : undefined;
  if (file !== undefined)
    return new Identity(
      { source: { kind: 'kubernetes', files: { [fileVariables[cloud]]: file } }, requiredClaims },
      outbound,
      platforms,
    ).getIdToken(named);
  const isAsked = 'environment' in source && identity.audience === 'chosen';
  return identity.getIdToken(named ?? (isAsked ? audience : undefined));
}
