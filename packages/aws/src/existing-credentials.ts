import { type Outbound, retry } from '@fedbridge/core';
import type { NoIdTokenNeeded } from '@fedbridge/identity';
import { type AdmittedCredentials, admit } from './admit.ts';
import { AwsCredentials } from './credentials.ts';
import { jobSecrets } from './job-secrets.ts';
import type { RolePathRequest } from './role-request.ts';
import { parseSecrets } from './secrets.ts';
import { isSessionOf } from './session-arn.ts';
import type { SessionName } from './session-name.ts';

/** What credentials that the job has already are held against. */
export interface ExistingRequest {
  /** What they must be good for. */
  readonly request: RolePathRequest;
  /** The session name that they must have, where the user chose one. */
  readonly sessionName: SessionName | undefined;
  readonly pass: NoIdTokenNeeded;
}

/**
 * The session credentials that the job has already, if STS takes them and they are of the last role of the path. Keys without a session
 * token are long-lived and are not looked at.
 *
 * @throws FedbridgeError `UNAVAILABLE`, `HTTP_*`, `DELIVERY_FAILED` for files that cannot be read, `EXCHANGE_REJECTED` for what existing credentials can never be good for
 */
export async function existingCredentials(
  { request, sessionName }: ExistingRequest,
  outbound: Outbound,
): Promise<AdmittedCredentials | undefined> {
  const { endpoint, region, path, plainSecret } = request;
  const role = path.at(-1) ?? path[0];
  const found = await jobSecrets(outbound.system.environment);
  const secrets = found && parseSecrets(found, outbound);
  if (!secrets) return undefined;
  const identity = await retry(outbound, async () => {
    const { Sts } = await import('./sts.ts');
    return new Sts(endpoint, region, outbound, secrets).callerIdentity();
  });
  if (!identity) {
    outbound.log('The credentials that the job has are not, or no longer, good.');
    return undefined;
  }
  if (!isSessionOf(identity.arn, role, sessionName)) {
    outbound.log(`The credentials that the job has are those of ${identity.arn}.`);
    return undefined;
  }
  if (plainSecret && !/^[A-Za-z\d]+$/.test(secrets.secretAccessKey)) {
    outbound.log('The secret access key that the job has does not have letters and digits alone.');
    return undefined;
  }
  const { accountId } = role;
  const facts = { role: { arn: identity.arn, accountId }, expiresAt: undefined, presented: undefined };
  return admit(new AwsCredentials(secrets, facts), request, outbound.system.now());
}
