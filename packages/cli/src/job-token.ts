import { FedbridgeError } from '@fedbridge/core';
import { Identity, type IdToken } from '@fedbridge/identity';
import { platforms } from '@fedbridge/platforms';
import type { Cloud } from '@fedbridge/trust';
import type { Cli } from './command-line.ts';
import { jobSource, outbounds } from './identity-options.ts';
import { connectionOf } from './service-connection.ts';

const timeoutMs = 60_000;

/** A pod that is known to both clouds has a file for each. */
export const fileVariables = {
  aws: 'AWS_WEB_IDENTITY_TOKEN_FILE',
  entra: 'AZURE_FEDERATED_TOKEN_FILE',
} as const satisfies Record<Cloud, string>;

/**
 * The ID token of the job, pod or machine that this runs on, as a cloud gets it.
 *
 * @param audience - who it is asked for, where the job can choose
 * @param named - an audience that the user named: a machine has no other
 * @throws FedbridgeError `INPUT_INVALID` where there is none of them, and what a source of ID tokens throws
 */
export async function jobToken(cloud: Cloud, audience: string, cli: Cli, named?: string): Promise<IdToken> {
  const outbound = outbounds(cli)(timeoutMs);
  const connection = await connectionOf(cli.system.environment.AZURESUBSCRIPTION_SERVICE_CONNECTION_ID, outbound);
  const own = jobSource(cli.system, connection?.id);
  const identity = await Identity.choose(
    { wanted: 'auto', own, platforms, managedIdentity: { by: 'system' }, requiredClaims: [] },
    outbound,
  );
  refuseOutsideOfJobs(identity, named);
  return cloudToken(cloud, audience, identity, named);
}

/**
 * The ID token of an identity, as a cloud gets it.
 *
 * @param audience - who it is asked for, where the identity can choose
 * @param named - an audience that the user named
 * @throws FedbridgeError `ID_TOKEN_*`, `HTTP_*`, `ANSWER_MALFORMED`, `UNAVAILABLE`
 */
export function cloudToken(
  cloud: Cloud,
  audience: string,
  identity: Identity,
  named: string | undefined,
): Promise<IdToken> {
  const inFile = identity.ofTokenFile(fileVariables[cloud]);
  if (inFile) return inFile.getIdToken(named);
  // What is in a file is there already, and a machine gets tokens for applications of its tenant alone.
  const isAsked = identity.audience === 'chosen' && !identity.isInFiles && !identity.machine;
  return identity.getIdToken(named ?? (isAsked ? audience : undefined));
}

/**
 * What is left where there is no job and no pod is the machine, whose tokens are for an audience of its tenant's: without one nobody means
 * it, but is somewhere else than they think.
 *
 * @param named - an audience that the user named
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function refuseOutsideOfJobs({ machine }: Identity, named: string | undefined): void {
  if (!machine || named !== undefined) return;
  const names = platforms.map(({ name }) => name).join(', ');
  throw new FedbridgeError('INPUT_INVALID', `This does not run in a job (${names}), nor in a pod with a token file.`, {
    hint:
      'Run it in a job, or as one: "fedbridge emulator run --job github -- …". "fedbridge doctor" says what is here. The managed ' +
      "identity of a machine on Azure needs --audience, the URI of an application of its tenant's (api://my-app).",
  });
}
