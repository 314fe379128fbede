import type { CleanUp } from '@fedbridge/step';
import { stopKeepingFresh } from '../keep-fresh.ts';
import { logAzureCliOut } from './azure-cli.ts';
import { logAzurePowerShellOut } from './azure-powershell.ts';

export const cleanUpEntraToken: readonly CleanUp[] = [logAzureCliOut, logAzurePowerShellOut, stopKeepingFresh];
