import { FedbridgeError, isLoopback } from '@fedbridge/core';

/** Both platforms' own tokens of a job are JWTs; the emulator's, and those that a broker hands on, are not. */
const ofPlatform = /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/;

/**
 * Any step can set the variables that name where ID tokens are asked for, and any process of the machine can listen there: the token
 * that a platform gives a job does not go to this machine.
 *
 * @param bearer - the job's own token
 * @throws FedbridgeError `ENDPOINT_NOT_ALLOWED`
 */
export function refuseLoopback(
  endpoint: URL,
  bearer: string,
  { platform, variable }: { readonly platform: string; readonly variable: string },
): void {
  if (!isLoopback(endpoint) || !ofPlatform.test(bearer)) return;
  throw new FedbridgeError('ENDPOINT_NOT_ALLOWED', `The endpoint of ID tokens is on this machine, ${endpoint.host}.`, {
    hint: `Nothing was sent there: this job's token is one of ${platform}. See which earlier step changes ${variable}.`,
  });
}
