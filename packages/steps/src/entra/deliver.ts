import {
  exportSecretVariables,
  exportVariables,
  FedbridgeError,
  type Host,
  type IdToken,
  type Outbound,
  writeSecretFiles,
} from '@fedbridge/core';
import type { AccessToken } from '@fedbridge/entra';
import { azureCli, logAzureCliIn } from './azure-cli.ts';
import { azurePowerShell, logAzurePowerShellIn } from './azure-powershell.ts';
import type { ExportName } from './exports.ts';
import type { EntraIdentity } from './identity.ts';
import type { EntraInputs } from './inputs.ts';
import { requireTool } from './tool.ts';

/** What there is to hand on. */
export interface Acquired {
  readonly identity: EntraIdentity;
  /** Gives a token that lives for some time yet. */
  readonly idToken: () => Promise<IdToken>;
  readonly accessTokens: readonly AccessToken[];
  /** The token for Azure DevOps, where it is exported. */
  readonly azureDevOps: AccessToken | undefined;
}

/** What can be known to be wrong before any request. @throws FedbridgeError `INPUT_*` */
export async function checkExports(host: Host, inputs: EntraInputs, { subscriptionId }: EntraIdentity): Promise<void> {
  const tools = [azureCli, azurePowerShell].filter(({ input }) => inputs.export?.has(input as ExportName));
  for (const tool of tools) {
    if (subscriptionId === undefined && !inputs.allowNoSubscriptions) {
      const [id, allow] = [host.inputName('subscriptionId'), host.inputName('allowNoSubscriptions')];
      throw new FedbridgeError('INPUT_MISSING', `Input "${id}" is required for ${tool.input}.`, {
        hint: `Or set "${allow}" for a tenant without subscriptions.`,
      });
    }
    await requireTool(host, tool);
  }
}

/** Makes later tools find the identity. @returns the names of what they find @throws FedbridgeError `DELIVERY_FAILED` */
export async function deliver(
  host: Host,
  exports: ReadonlySet<ExportName>,
  acquired: Acquired,
  outbound: Outbound,
): Promise<readonly string[]> {
  const { identity, idToken, accessTokens, azureDevOps } = acquired;
  const exported: string[] = [];
  const needsFile = [...exports].some((name) => name !== 'azure-devops');
  if (needsFile) {
    const token = await idToken();
    const { 'id-token': tokenFile } = await writeSecretFiles(host, { 'id-token': token.reveal() });
    const secrets = [token, ...accessTokens].map((one) => one.reveal());
    const logins = { 'azure-cli': logAzureCliIn, 'azure-powershell': logAzurePowerShellIn } as const;
    for (const [name, logIn] of Object.entries(logins)) {
      if (exports.has(name as ExportName))
        exported.push(...(await logIn(host, identity, tokenFile, outbound, secrets)));
    }
    const variables = {
      ...(exports.has('azure-sdk') ? azureSdkVariables(identity, tokenFile) : {}),
      ...(exports.has('terraform') ? terraformVariables(identity, tokenFile) : {}),
    };
    exportVariables(host, variables);
    exported.push(...Object.keys(variables));
  }
  if (azureDevOps) {
    exportSecretVariables(host, { AZURE_DEVOPS_EXT_PAT: azureDevOps.reveal() });
    exported.push('AZURE_DEVOPS_EXT_PAT');
  }
  return exported;
}

/** Source: Azure SDK, `EnvironmentCredential` and `WorkloadIdentityCredential`. */
function azureSdkVariables({ authority, clientId, tenantId, subscriptionId }: EntraIdentity, tokenFile: string) {
  return {
    AZURE_CLIENT_ID: clientId,
    AZURE_TENANT_ID: tenantId,
    ...(subscriptionId === undefined ? {} : { AZURE_SUBSCRIPTION_ID: subscriptionId }),
    AZURE_AUTHORITY_HOST: authority.href,
    AZURE_FEDERATED_TOKEN_FILE: tokenFile,
  };
}

/** Source: Terraform's azurerm provider, "Authenticating using a Service Principal and OpenID Connect". */
function terraformVariables({ cloud, clientId, tenantId, subscriptionId }: EntraIdentity, tokenFile: string) {
  return {
    ARM_CLIENT_ID: clientId,
    ARM_TENANT_ID: tenantId,
    ...(subscriptionId === undefined ? {} : { ARM_SUBSCRIPTION_ID: subscriptionId }),
    ARM_ENVIRONMENT: cloud.terraformEnvironment,
    ARM_USE_OIDC: 'true',
    ARM_OIDC_TOKEN_FILE_PATH: tokenFile,
  };
}
