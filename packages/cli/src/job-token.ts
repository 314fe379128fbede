import { Identity, type IdToken } from '@fedbridge/identity';
import { audiences, type Cloud } from '@fedbridge/trust';
import type { Cli } from './cli.ts';
import { jobSource, outbounds } from './identity.ts';

const patienceMs = 60_000;

/** The ID token of the job, pod or machine that this runs on. */
export async function jobToken(cloud: Cloud, cli: Cli): Promise<IdToken> {
  const outbound = outbounds(cli)(patienceMs);
  const own = jobSource(cli.system, cli.system.environment.AZURESUBSCRIPTION_SERVICE_CONNECTION_ID);
  const identity = await Identity.choose(
    { wanted: 'auto', own, managedIdentity: { by: 'system' }, requiredClaims: [] },
    outbound,
  );
  return identity.getIdToken(identity.kind === 'github' ? audiences[cloud] : undefined);
}
