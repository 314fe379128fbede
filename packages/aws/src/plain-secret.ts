import { FedbridgeError, type Outbound } from '@fedbridge/core';
import type { AwsCredentials } from './credentials.ts';

/** About one secret in four has letters and digits alone: so many tries fail once in a million times. */
const mostTries = 40;

/** Acquires again and again until the secret access key has letters and digits alone. @throws FedbridgeError `UNAVAILABLE` */
export async function untilPlain(acquire: () => Promise<AwsCredentials>, outbound: Outbound): Promise<AwsCredentials> {
  for (let tries = 0; tries < mostTries && outbound.system.now() < outbound.deadline; tries += 1) {
    const credentials = await acquire();
    if (/^[A-Za-z\d]+$/.test(credentials.reveal().secretAccessKey)) return credentials;
  }
  throw new FedbridgeError('UNAVAILABLE', 'AWS gave no secret access key of letters and digits alone in time.');
}
