import type { CleanUp } from '@fedbridge/step';
import { stopKeepingFresh } from '../keep-fresh.ts';
import { logAzureCliOut } from './azure-cli.ts';

export const cleanUpEntraToken: readonly CleanUp[] = [logAzureCliOut, stopKeepingFresh];
