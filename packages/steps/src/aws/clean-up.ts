import type { CleanUp } from '@fedbridge/step';
import { stopKeepingFresh } from '../keep-fresh.ts';
import { removeDeliveredProfiles } from './profiles.ts';

export const cleanUpAwsCredentials: readonly CleanUp[] = [stopKeepingFresh, removeDeliveredProfiles];
