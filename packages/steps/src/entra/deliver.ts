import { resolve } from 'node:path';
import { FedbridgeError, type Outbound } from '@fedbridge/core';
import type { AccessToken } from '@fedbridge/entra';
import type { AdmittedIdToken } from '@fedbridge/identity';
import { exportSecretVariables, exportVariables, type Host, writeSecretFiles } from '@fedbridge/step';
import { azureCli, logAzureCliIn } from './azure-cli.ts';
import { azurePowerShell, connectAzurePowerShell } from './azure-powershell.ts';
import type { DeliveryFacts, KeptEntra } from './delivery-facts.ts';
import { planDelivery, readsTokenFile } from './delivery-plan.ts';
import { type EntraIdentity, sovereignOf } from './entra-identity.ts';
import type { ExportName } from './export-names.ts';
import type { EntraInputs } from './inputs.ts';
import { requireTool } from './log-in.ts';

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
export async function checkExports(host: Host, inputs: EntraInputs, identity: EntraIdentity): Promise<void> {
  const { subscriptionId } = identity;
  const sovereign = sovereignOf(identity);
  if (inputs.export?.has('github-id-token')) {
    const refuse = (why: string) =>
      new FedbridgeError('INPUT_INVALID', `Input "${host.inputName('export')}" names github-id-token, ${why}.`);
    if (host.scriptsAskForIdTokens) throw refuse('which a job of GitHub Actions has already');
    if (!inputs.keepFresh) throw refuse(`which needs "${host.inputName('keepFresh')}"`);
  }
  const tools = [azureCli, azurePowerShell].filter(({ input }) => inputs.export?.has(input as ExportName));
  for (const tool of tools) {
    if (sovereign) {
      // It would send tokens to the public cloud.
      throw new FedbridgeError(
        'INPUT_INVALID',
        `Input "${host.inputName('export')}" names ${tool.input}, which has no cloud by the name of ${sovereign.title}.`,
        { hint: `Its tools can be handed the output {accessToken}; Azure SDKs take export: azure-sdk.` },
      );
    }
    if (subscriptionId === undefined && !inputs.allowNoSubscriptions) {
      const [id, allow] = [host.inputName('subscriptionId'), host.inputName('allowNoSubscriptions')];
      throw new FedbridgeError('INPUT_MISSING', `Input "${id}" is required for ${tool.input}.`, {
        hint: `For a tenant without subscriptions, set "${allow}".`,
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
  const tokens = [...idToken, ...accessTokens].map((token) => token.reveal());
  const exported: string[] = [];
  if (exports.has('azure-cli')) exported.push(...(await logAzureCliIn(host, login, outbound, tokens)));
  if (exports.has('azure-powershell')) exported.push(...(await connectAzurePowerShell(host, login, outbound, tokens)));
  exportVariables(host, later);
  const pat = azureDevOps ? { AZURE_DEVOPS_EXT_PAT: azureDevOps.reveal() } : {};
  exportSecretVariables(host, { ...secrets, ...pat });
  if (emptied.length > 0) {
    host.info(
      `Emptied for the rest of the job, since tools would take it in place of this identity: ${emptied.join(', ')}.`,
    );
  }
  if (emptied.includes('IDENTITY_SERVER_THUMBPRINT')) host.warning(serviceFabricWarning);
  if (exports.has('terraform'))
    for (const hint of terraformHints(host, { variables, request, kept, identity })) host.info(hint);
  return [...exported, ...Object.keys(variables), ...Object.keys({ ...secrets, ...pat })];
}

/** MSAL for Python asks whether the variable is there, not what it holds, and neither platform can take one away. */
const serviceFabricWarning =
  'IDENTITY_SERVER_THUMBPRINT is set on this machine. Emptied, it still makes the Azure CLI and azure-identity for Python look for ' +
  'Service Fabric in place of the tokens that are kept fresh. Take it out of the environment of the machine.';

/** What Terraform's tools cannot do with what is delivered, and what makes them. */
function terraformHints(host: Host, delivered: TerraformDelivery): readonly string[] {
  const { variables, request, kept, identity } = delivered;
  const keepFresh = `set "${host.inputName('keepFresh')}"`;
  const hints: string[] = [];
  if (variables.ARM_OIDC_TOKEN_FILE_PATH) {
    const map = request ? 'map SYSTEM_ACCESSTOKEN: $(System.AccessToken) into the variables of the job, or ' : '';
    hints.push(`Terraform reads this ID token once: for an apply that takes longer than it lives, ${map}${keepFresh}.`);
  } else if (!kept && variables.AZURE_FEDERATED_TOKEN_FILE) {
    hints.push(
      `Terraform's azapi reads this ID token once, from AZURE_FEDERATED_TOKEN_FILE: for an apply that takes longer than it lives, ${keepFresh}.`,
    );
  }
  if (!kept && request?.by === 'service connection' && !variables.ARM_OIDC_TOKEN_FILE_PATH) {
    hints.push(`Packer cannot ask Azure Pipelines for ID tokens: for a build of an image, ${keepFresh}.`);
  }
  if (identity.isOwnCloud && !host.system.environment.ARM_METADATA_HOSTNAME) {
    hints.push(
      `azurerm, azuread and the azurerm backend look for Entra at ${identity.cloud.authority}, unless ARM_METADATA_HOSTNAME names the host that has the metadata of your cloud.`,
    );
  }
  return hints;
}

interface TerraformDelivery {
  readonly variables: Readonly<Record<string, string>>;
  readonly request: DeliveryFacts['request'];
  readonly kept: KeptEntra | undefined;
  readonly identity: EntraIdentity;
}

/**
 * A file with the ID token, where something that is exported reads one; and the token, for what is printed. Of a token that somebody keeps
 * in a file, such as a pod's, it is that file: clients read it again, and find the one that it has been renewed to.
 */
async function tokenFileFor(
  host: Host,
  wanted: Wanted,
  { idToken }: Acquired,
  kept: KeptEntra | undefined,
): Promise<{ readonly tokenFile: string | undefined; readonly idToken: readonly AdmittedIdToken[] }> {
  if (kept) return { tokenFile: kept.tokenFile, idToken: [] };
  const { environment } = host.system;
  if (!idToken || !readsTokenFile({ ...wanted, environment, kept })) return { tokenFile: undefined, idToken: [] };
  const token = await idToken();
  if (token.file !== undefined) return { tokenFile: resolve(token.file), idToken: [token] };
  const paths = await writeSecretFiles(host, { 'id-token': token.reveal() });
  return { tokenFile: paths['id-token'], idToken: [token] };
}
