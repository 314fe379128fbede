import type { Host } from '@fedbridge/step';
import { stopKeepingFresh } from '../keep-fresh.ts';
import { removeDeliveredProfiles } from './profiles.ts';

export async function cleanUpAwsCredentials(host: Host): Promise<void> {
  await stopKeepingFresh(host);
  await removeDeliveredProfiles(host);
}
