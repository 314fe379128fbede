import type { Host } from '@fedbridge/core';
import { logAzureCliOut } from './azure-cli.ts';
import { logAzurePowerShellOut } from './azure-powershell.ts';

/** The step's clean-up: logs out what was logged in. */
export async function logOut(host: Host): Promise<void> {
  await logAzureCliOut(host);
  await logAzurePowerShellOut(host);
}
