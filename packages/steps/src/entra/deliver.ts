import { FedbridgeError, type Outbound } from '@fedbridge/core';
import type { AccessToken } from '@fedbridge/entra';
import type { AdmittedIdToken } from '@fedbridge/identity';
import { exportSecretVariables, exportVariables, type Host, writeSecretFiles } from '@fedbridge/step';
import { azureCli, logAzureCliIn } from './azure-cli.ts';
import { azurePowerShell, connectAzurePowerShell } from './azure-powershell.ts';
import type { ExportName } from './exports.ts';
import type { EntraIdentity } from './identity.ts';
import type { EntraInputs } from './inputs.ts';
import type { KeptEntra } from './keep-fresh.ts';
import { type DeliveryFacts, type IdTokenRequest, planDelivery, readsTokenFile } from './plan.ts';
import { requireTool } from './tool.ts';

/** What there is to hand on. */
export interface Acquired {
  readonly identity: EntraIdentity;
  /** Gives a token that lives for some time yet; undefined for a machine's own identity, which sends none. */
  readonly idToken: (() => Promise<AdmittedIdToken>) | undefined;
  readonly accessTokens: readonly AccessToken[];
  /** The token for Azure DevOps, where it is exported. */
  readonly azureDevOps: AccessToken | undefined;
}

/** What is to be delivered, and how the platform lets later scripts ask for ID tokens. */
type Wanted = Pick<DeliveryFacts, 'exports' | 'request'>;

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
  wanted: Wanted,
  acquired: Acquired,
  kept: KeptEntra | undefined,
  outbound: Outbound,
): Promise<readonly string[]> {
  const { exports, request } = wanted;
  const { identity, accessTokens, azureDevOps } = acquired;
  const { tokenFile, idToken } = await tokenFileFor(host, wanted, acquired, kept);
  const { environment } = host.system;
  const { variables, secrets, emptied } = planDelivery({ exports, identity, environment, tokenFile, request, kept });
  const later = { ...variables, ...Object.fromEntries(emptied.map((name) => [name, ''])) };
  const login = { identity, tokenFile, kept, later };
  const told = [...idToken, ...accessTokens].map((token) => token.reveal());
  const exported: string[] = [];
  if (exports.has('azure-cli')) exported.push(...(await logAzureCliIn(host, login, outbound, told)));
  if (exports.has('azure-powershell')) exported.push(...(await connectAzurePowerShell(host, login, outbound, told)));
  exportVariables(host, later);
  const pat = azureDevOps ? { AZURE_DEVOPS_EXT_PAT: azureDevOps.reveal() } : {};
  exportSecretVariables(host, { ...secrets, ...pat });
  if (emptied.length > 0) {
    host.info(
      `Emptied for the rest of the job, since tools would take it in place of this identity: ${emptied.join(', ')}.`,
    );
  }
  if (emptied.includes('IDENTITY_SERVER_THUMBPRINT')) host.warning(serviceFabricWarning);
  if (exports.has('terraform') && variables.ARM_OIDC_TOKEN_FILE_PATH) host.info(terraformHint(host, request));
  return [...exported, ...Object.keys(variables), ...Object.keys({ ...secrets, ...pat })];
}

/** MSAL for Python asks whether the variable is there, not what it holds, and neither platform can take one away. */
const serviceFabricWarning =
  'IDENTITY_SERVER_THUMBPRINT is set on this machine. Emptied, it still makes the Azure CLI and azure-identity for Python look for ' +
  'Service Fabric in place of the tokens that are kept fresh. Start the agent without it.';

/** What an apply that is longer than the ID token needs. */
function terraformHint(host: Host, request: IdTokenRequest | undefined): string {
  const map = request ? 'map SYSTEM_ACCESSTOKEN: $(System.AccessToken) into the variables of the job, or ' : '';
  return `Terraform reads this ID token once: for an apply that takes longer than it lives, ${map}set "${host.inputName('keepFresh')}".`;
}

/** A file with the ID token, where something that is exported reads one; and the token, if this step wrote it. */
async function tokenFileFor(
  host: Host,
  wanted: Wanted,
  { idToken }: Acquired,
  kept: KeptEntra | undefined,
): Promise<{ readonly tokenFile: string | undefined; readonly idToken: readonly AdmittedIdToken[] }> {
  if (kept) return { tokenFile: kept.tokenFile, idToken: [] };
  if (!idToken || !readsTokenFile(wanted)) return { tokenFile: undefined, idToken: [] };
  const token = await idToken();
  const paths = await writeSecretFiles(host, { 'id-token': token.reveal() });
  return { tokenFile: paths['id-token'], idToken: [token] };
}
