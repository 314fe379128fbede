import type { Environment } from '@fedbridge/core';
import { readProfile } from './profiles/profiles.ts';
import type { AwsSecrets } from './secrets.ts';

/** Session credentials in the environment, else of the profile that it names. @throws FedbridgeError `DELIVERY_FAILED` */
export async function jobSecrets(environment: Environment): Promise<AwsSecrets | undefined> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  const { AWS_SESSION_TOKEN: sessionToken, AWS_PROFILE: profile } = environment;
  if (accessKeyId && secretAccessKey) return sessionToken ? { accessKeyId, secretAccessKey, sessionToken } : undefined;
  return profile ? readProfile(profile, environment) : undefined;
}
