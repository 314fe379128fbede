import { clouds } from '@fedbridge/entra';
import type { StepContext } from '@fedbridge/step';
import type { IdTokenRequest } from './delivery-facts.ts';

/**
 * How later scripts of the job can ask for the ID tokens that this step has asked for.
 *
 * @param audience - whom the step asked for
 * @throws FedbridgeError `ENDPOINT_NOT_ALLOWED`, `ID_TOKEN_UNAVAILABLE`
 */
export function idTokenRequest(
  { host, identity }: Pick<StepContext, 'host' | 'identity'>,
  audience: string | undefined,
): IdTokenRequest | undefined {
  const { source } = identity.plan;
  if (source.kind === 'github') {
    const url = identity.tokenUrl()?.href ?? '';
    const bearer = source.environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? '';
    return { kind: 'github', url, bearer, audience: audience === clouds.azurecloud.audience ? undefined : audience };
  }
  if (source.kind !== 'azure-pipelines' || source.connectionId === undefined) return undefined;
  const { connectionId } = source;
  const { SYSTEM_ACCESSTOKEN, ACTIONS_ID_TOKEN_REQUEST_TOKEN } = host.system.environment;
  return {
    kind: 'azure-pipelines',
    url: identity.tokenUrl()?.href ?? '',
    connectionId,
    // Of a broker of another step: the providers would send it to Azure DevOps.
    isMapped: Boolean(SYSTEM_ACCESSTOKEN) && !ACTIONS_ID_TOKEN_REQUEST_TOKEN,
  };
}
