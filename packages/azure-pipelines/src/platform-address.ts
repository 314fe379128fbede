import { FedbridgeError, isLoopback, isWithin, parseEndpoint } from '@fedbridge/core';
import { azureDevOpsDomains } from '@fedbridge/issuers';

/**
 * An address that a variable of the job names, if it is Azure DevOps Services' own: what else a variable may name gets no job's token.
 *
 * @param variable - as users write it
 * @throws FedbridgeError `ENDPOINT_NOT_ALLOWED`
 */
export function platformAddress(text: string, variable: string): URL {
  const url = new URL(parseEndpoint(text, variable));
  if (isLoopback(url) || azureDevOpsDomains.some((domain) => isWithin(url.hostname, domain))) return url;
  throw new FedbridgeError('ENDPOINT_NOT_ALLOWED', `${variable} is on ${url.host}, which is not Azure DevOps.`, {
    hint:
      'Nothing was sent there. See which earlier step of the job changes that variable. An Azure DevOps Server of your own gives ' +
      'no ID tokens.',
  });
}
