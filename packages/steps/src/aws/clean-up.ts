import type { CleanUp } from '@fedbridge/step';
import { stopKeepingFresh } from '../keep-fresh.ts';
import { removeDeliveredProfiles } from './profiles.ts';

/** The parts of the step's clean-up, in their order. */
export const cleanUpAwsCredentials: readonly CleanUp[] = [stopKeepingFresh, removeDeliveredProfiles];
