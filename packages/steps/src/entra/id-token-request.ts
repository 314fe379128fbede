import { clouds } from '@fedbridge/entra';
import type { StepContext } from '@fedbridge/step';
import type { IdTokenRequest } from './delivery-facts.ts';

/** Whose scripts, and as whom. */
interface Asking {
  readonly host: Pick<StepContext['host'], 'system'>;
  readonly identity: StepContext['identity'];
}

/**
 * How later scripts of the job can ask for the ID tokens that this step has asked for.
 *
 * @param audience - whom the step asked for
 * @throws FedbridgeError `ENDPOINT_NOT_ALLOWED`, `ID_TOKEN_UNAVAILABLE`
 */
export function idTokenRequest({ host, identity }: Asking, audience: string | undefined): IdTokenRequest | undefined {
  const request = identity.tokenRequest();
  if (!request) return undefined;
  const url = request.url.href;
  if (request.by === 'bearer') {
    return { ...request, url, audience: audience === clouds.azurecloud.audience ? undefined : audience };
  }
  const { SYSTEM_ACCESSTOKEN, ACTIONS_ID_TOKEN_REQUEST_TOKEN } = host.system.environment;
  // Of a broker of another step: the providers would send it to Azure DevOps.
  return { ...request, url, isMapped: Boolean(SYSTEM_ACCESSTOKEN) && !ACTIONS_ID_TOKEN_REQUEST_TOKEN };
}
