import { type Environment, type Outbound, retry } from '@fedbridge/core';
import { AwsCredentials, type AwsSecrets } from './credentials.ts';
import { readProfile } from './profiles/profiles.ts';
import type { RolePathRequest } from './role-path.ts';

/**
 * The session credentials that the job has already, if STS takes them and they are of the last role of the path. Keys without a session
 * token are long-lived and are not looked at.
 *
 * @throws FedbridgeError `UNAVAILABLE`, `HTTP_*`
 */
export async function existingCredentials(
  { endpoint, region, path }: Pick<RolePathRequest, 'endpoint' | 'region' | 'path'>,
  outbound: Outbound,
): Promise<AwsCredentials | undefined> {
  const role = path.at(-1) ?? path[0];
  const secrets = await held(outbound.system.environment);
  if (!secrets) return undefined;
  for (const secret of Object.values(secrets)) outbound.mask(secret);
  const identity = await retry(outbound, async () => {
    const { Sts } = await import('./sts.ts');
    return new Sts(endpoint, region, outbound, secrets).callerIdentity();
  });
  if (!identity) {
    outbound.log('The credentials that the job has are not, or no longer, good.');
    return undefined;
  }
  const session = `arn:${role.partition}:sts::${role.accountId}:assumed-role/${role.role.split('/').at(-1)}/`;
  if (identity.arn.startsWith(session)) {
    return new AwsCredentials(secrets, { role: identity, expiresAt: undefined, presented: undefined });
  }
  outbound.log(`The credentials that the job has are those of ${identity.arn}.`);
  return undefined;
}

async function held(environment: Environment): Promise<AwsSecrets | undefined> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  const { AWS_SESSION_TOKEN: sessionToken, AWS_PROFILE: profile } = environment;
  if (accessKeyId && secretAccessKey) return sessionToken ? { accessKeyId, secretAccessKey, sessionToken } : undefined;
  return profile ? readProfile(profile, environment) : undefined;
}
