import type { CleanUp } from '@fedbridge/step';
import { stopKeepingFresh } from '../keep-fresh.ts';
import { logAzureCliOut } from './azure-cli.ts';

/** The parts of the step's clean-up, in their order. */
export const cleanUpEntraToken: readonly CleanUp[] = [logAzureCliOut, stopKeepingFresh];
