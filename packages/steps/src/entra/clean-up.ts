import type { Host } from '@fedbridge/step';
import { stopKeepingFresh } from '../keep-fresh.ts';
import { logAzureCliOut } from './azure-cli.ts';
import { logAzurePowerShellOut } from './azure-powershell.ts';

export async function cleanUpEntraToken(host: Host): Promise<void> {
  await logAzureCliOut(host);
  await logAzurePowerShellOut(host);
  await stopKeepingFresh(host);
}
