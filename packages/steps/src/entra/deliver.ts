import { FedbridgeError, type Outbound } from '@fedbridge/core';
import type { AccessToken } from '@fedbridge/entra';
import type { AdmittedIdToken } from '@fedbridge/identity';
import { exportSecretVariables, exportVariables, type Host, writeSecretFiles } from '@fedbridge/step';
import { azureCli, logAzureCliIn } from './azure-cli.ts';
import { azurePowerShell, logAzurePowerShellIn } from './azure-powershell.ts';
import type { ExportName } from './exports.ts';
import type { EntraIdentity } from './identity.ts';
import type { EntraInputs } from './inputs.ts';
import type { KeptEntra } from './keep-fresh.ts';
import { type Login, requireTool } from './tool.ts';

/** What there is to hand on. */
export interface Acquired {
  readonly identity: EntraIdentity;
  /** Gives a token that lives for some time yet; undefined for a machine's own identity, which sends none. */
  readonly idToken: (() => Promise<AdmittedIdToken>) | undefined;
  readonly accessTokens: readonly AccessToken[];
  /** The token for Azure DevOps, where it is exported. */
  readonly azureDevOps: AccessToken | undefined;
}

/** What can be known to be wrong before any request. @throws FedbridgeError `INPUT_*` */
export async function checkExports(host: Host, inputs: EntraInputs, { subscriptionId }: EntraIdentity): Promise<void> {
  if (inputs.export?.has('github-id-token')) {
    const refuse = (why: string) =>
      new FedbridgeError('INPUT_INVALID', `Input "${host.inputName('export')}" names github-id-token, ${why}.`);
    if (host.job.platform === 'github') throw refuse('which a job of GitHub Actions has already');
    if (!inputs.keepFresh) throw refuse(`which needs "${host.inputName('keepFresh')}"`);
  }
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
  kept: KeptEntra | undefined,
  outbound: Outbound,
): Promise<readonly string[]> {
  const { identity, accessTokens, azureDevOps } = acquired;
  const exported: string[] = [];
  const { tokenFile, idToken } = await tokenFileFor(host, exports, acquired, kept);
  const login = { identity, tokenFile, kept };
  const secrets = [...idToken, ...accessTokens].map((token) => token.reveal());
  if (exports.has('azure-cli')) exported.push(...(await logAzureCliIn(host, login, outbound, secrets)));
  if (exports.has('azure-powershell')) exported.push(...(await logAzurePowerShellIn(host, login, outbound, secrets)));
  const variables = {
    ...kept?.variables,
    ...(exports.has('azure-sdk') ? azureSdkVariables(login) : {}),
    ...(exports.has('terraform') ? { ...terraformVariables(login), ...kept?.terraform } : {}),
    ...(exports.has('github-id-token') ? kept?.gitHubIdToken : {}),
  };
  exportVariables(host, variables);
  exported.push(...Object.keys(variables));
  if (azureDevOps) {
    exportSecretVariables(host, { AZURE_DEVOPS_EXT_PAT: azureDevOps.reveal() });
    exported.push('AZURE_DEVOPS_EXT_PAT');
  }
  return exported;
}

/** A file with the ID token, where something that is exported reads one; and the token, if this step wrote it. */
async function tokenFileFor(
  host: Host,
  exports: ReadonlySet<ExportName>,
  { idToken }: Acquired,
  kept: KeptEntra | undefined,
): Promise<{ readonly tokenFile: string | undefined; readonly idToken: readonly AdmittedIdToken[] }> {
  if (kept) return { tokenFile: kept.tokenFile, idToken: [] };
  const readers: readonly ExportName[] = ['azure-sdk', 'terraform', 'azure-cli', 'azure-powershell'];
  if (!idToken || !readers.some((name) => exports.has(name))) return { tokenFile: undefined, idToken: [] };
  const token = await idToken();
  const paths = await writeSecretFiles(host, { 'id-token': token.reveal() });
  return { tokenFile: paths['id-token'], idToken: [token] };
}

/** Source: Azure SDK, `EnvironmentCredential` and `WorkloadIdentityCredential`. */
function azureSdkVariables({ identity, tokenFile }: Login) {
  const { cloud, from, clientId, tenantId, subscriptionId } = identity;
  return given({
    AZURE_CLIENT_ID: clientId,
    AZURE_TENANT_ID: tenantId,
    AZURE_SUBSCRIPTION_ID: subscriptionId,
    AZURE_AUTHORITY_HOST: 'machine' in from ? cloud.authority : from.authority.href,
    AZURE_FEDERATED_TOKEN_FILE: tokenFile,
  });
}

/** Source: Terraform's azurerm provider, "Authenticating using a Service Principal and OpenID Connect" and "… managed identities". */
function terraformVariables({ identity, tokenFile }: Login) {
  const { cloud, clientId, tenantId, subscriptionId } = identity;
  return given({
    ARM_CLIENT_ID: clientId,
    ARM_TENANT_ID: tenantId,
    ARM_SUBSCRIPTION_ID: subscriptionId,
    ARM_ENVIRONMENT: cloud.terraformEnvironment,
    [tokenFile === undefined ? 'ARM_USE_MSI' : 'ARM_USE_OIDC']: 'true',
    ARM_OIDC_TOKEN_FILE_PATH: tokenFile,
  });
}

function given(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
