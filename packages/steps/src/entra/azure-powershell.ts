import type { Outbound } from '@fedbridge/core';
import type { Host } from '@fedbridge/step';
import { type Login, runTool, type Tool } from './tool.ts';

export const azurePowerShell: Tool = { program: 'pwsh', title: 'Azure PowerShell', input: 'azure-powershell' };

const state = 'azurePowerShell';

/** Values come by the environment and the token by its file: the script itself is always the same. */
const logIn = `
$ErrorActionPreference = 'Stop'
Import-Module Az.Accounts
$login = @{
  Environment = $env:FEDBRIDGE_ENVIRONMENT
  ContextName = $env:FEDBRIDGE_CONTEXT
  Scope = 'CurrentUser'
  Force = $true
}
if ($env:FEDBRIDGE_TENANT_ID) { $login.Tenant = $env:FEDBRIDGE_TENANT_ID }
if (!$env:FEDBRIDGE_TOKEN_FILE) {
  $login.Identity = $true
  if ($env:FEDBRIDGE_ACCOUNT_ID) { $login.AccountId = $env:FEDBRIDGE_ACCOUNT_ID }
} else {
  $login.ServicePrincipal = $true
  $login.ApplicationId = $env:FEDBRIDGE_CLIENT_ID
  $login.FederatedToken = [IO.File]::ReadAllText($env:FEDBRIDGE_TOKEN_FILE)
}
if ($env:FEDBRIDGE_SUBSCRIPTION_ID) { $login.Subscription = $env:FEDBRIDGE_SUBSCRIPTION_ID }
Connect-AzAccount @login | Out-Null
`;

const logOut = `
$ErrorActionPreference = 'Stop'
Import-Module Az.Accounts
Disconnect-AzAccount -ContextName $env:FEDBRIDGE_CONTEXT -Scope CurrentUser | Out-Null
`;

/** Connects Azure PowerShell for later steps, under a context of this step's own. @throws FedbridgeError `DELIVERY_FAILED` */
export async function logAzurePowerShellIn(
  host: Host,
  { identity, tokenFile, kept }: Login,
  outbound: Outbound,
  secrets: readonly string[],
): Promise<readonly string[]> {
  const { clientId = '', tenantId = '' } = identity;
  const context = `fedbridge-${clientId || 'machine'}`;
  host.saveState(state, context);
  const environment = {
    FEDBRIDGE_CLIENT_ID: clientId,
    // The broker has one identity, which needs no name.
    FEDBRIDGE_ACCOUNT_ID: kept ? '' : clientId,
    FEDBRIDGE_TENANT_ID: tenantId,
    FEDBRIDGE_SUBSCRIPTION_ID: identity.subscriptionId ?? '',
    FEDBRIDGE_ENVIRONMENT: identity.cloud.title,
    FEDBRIDGE_CONTEXT: context,
    FEDBRIDGE_TOKEN_FILE: kept ? '' : (tokenFile ?? ''),
    ...kept?.variables,
  };
  await runTool(azurePowerShell, script(logIn), environment, outbound, secrets);
  return [`Azure PowerShell context ${context}`];
}

/** Disconnects the step's own context and no other. */
export async function logAzurePowerShellOut(host: Host): Promise<void> {
  const context = host.state(state);
  if (context === '') return;
  const outbound = { system: host.system, deadline: host.system.now() + 60_000, debug: host.debug.bind(host) };
  await runTool(azurePowerShell, script(logOut), { FEDBRIDGE_CONTEXT: context }, outbound, []);
  host.saveState(state, '');
}

/** Source: about_Pwsh, `-EncodedCommand`: UTF-16LE in Base64. */
function script(text: string): string[] {
  return ['-NoProfile', '-NonInteractive', '-EncodedCommand', Buffer.from(text, 'utf16le').toString('base64')];
}
