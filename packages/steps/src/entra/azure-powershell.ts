import type { Outbound } from '@fedbridge/core';
import { exportVariables, type Host, writeSecretFiles } from '@fedbridge/step';
import { type Login, runTool, type Tool } from './log-in.ts';

/** Azure PowerShell, as a tool that is logged in. */
export const azurePowerShell: Tool = { program: 'pwsh', title: 'Azure PowerShell', input: 'azure-powershell' };

/** What later scripts find the connecting script by. */
const variable = 'FEDBRIDGE_AZURE_POWERSHELL';

/**
 * Leaves a script of this job's own that connects the PowerShell which runs it, and nothing beyond: Az.Accounts knows no other
 * folder than the user's, which all agents of a user share [azure-powershell#15456, `AzureSessionInitializer`]. The script
 * runs once here, so that what is wrong with it fails this step.
 *
 * @returns the names of what later steps find
 * @throws FedbridgeError `DELIVERY_FAILED`
 */
export async function connectAzurePowerShell(
  host: Host,
  login: Login,
  outbound: Outbound,
  secrets: readonly string[],
): Promise<readonly string[]> {
  const files = await writeSecretFiles(host, { 'connect-azure.ps1': connectScript(login) });
  const script = files['connect-azure.ps1'];
  const args = ['-NoProfile', '-NonInteractive', '-File', script];
  await runTool(azurePowerShell, args, login.later, outbound, secrets);
  exportVariables(host, { [variable]: script });
  return [variable];
}

/**
 * `Disable-AzContextAutosave -Scope Process` keeps contexts and tokens of this PowerShell in its memory, and those of the user out.
 * Source: Microsoft Learn, "Azure PowerShell context objects", and Connect-AzAccount.
 */
function connectScript({ identity, tokenFile, kept }: Login): string {
  const { cloud, clientId, tenantId, subscriptionId } = identity;
  const isManaged = kept !== undefined || tokenFile === undefined;
  const parameters: Readonly<Record<string, string | undefined>> = {
    Scope: quote('Process'),
    Environment: quote(cloud.title),
    Tenant: tenantId && quote(tenantId),
    Subscription: subscriptionId && quote(subscriptionId),
    ...(isManaged
      ? // The broker has one identity, which needs no name.
        { Identity: '$true', AccountId: kept || !clientId ? undefined : quote(clientId) }
      : {
          ServicePrincipal: '$true',
          ApplicationId: quote(clientId ?? ''),
          FederatedToken: `[IO.File]::ReadAllText(${quote(tokenFile)})`,
        }),
  };
  const lines = Object.entries(parameters).flatMap(([name, value]) => (value ? [`  ${name} = ${value}`] : []));
  return [
    "$ErrorActionPreference = 'Stop'",
    'Import-Module Az.Accounts',
    'Disable-AzContextAutosave -Scope Process | Out-Null',
    '$fedbridge = @{',
    ...lines,
    '}',
    'Connect-AzAccount @fedbridge | Out-Null',
    'Remove-Variable fedbridge',
    '',
  ].join('\n');
}

/** PowerShell takes typographic quotes for quotes. Source: about_Quoting_Rules. */
function quote(text: string): string {
  return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
}
