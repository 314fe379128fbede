import { promises } from 'node:fs';
import { join } from 'node:path';
import type { Environment, Outbound } from '@fedbridge/core';
import { clouds } from '@fedbridge/entra';
import { exportVariables, type Host, secretDirectory } from '@fedbridge/step';
import { type Login, runTool, type Tool } from './tool.ts';

export const azureCli: Tool = { program: 'az', title: 'the Azure CLI', input: 'azure-cli' };

const state = 'azureCli';
const ownCloud = 'Fedbridge';

/**
 * Logs the Azure CLI in, in a configuration folder of this job's own, and points later steps at it. The token goes by its
 * file: `@file` is how the Azure CLI reads an argument from one.
 *
 * @throws FedbridgeError `DELIVERY_FAILED`
 */
export async function logAzureCliIn(
  host: Host,
  { identity, tokenFile, kept }: Login,
  outbound: Outbound,
  secrets: readonly string[],
): Promise<readonly string[]> {
  const folder = await secretDirectory(host);
  const az = (...args: string[]) =>
    runTool(azureCli, [...args, '--only-show-errors'], { ...settings(folder), ...kept?.variables }, outbound, secrets);
  const isManaged = kept !== undefined || tokenFile === undefined;
  // A managed identity has no name to log out by: it is the one account of its folder.
  host.saveState(state, JSON.stringify({ folder, user: isManaged ? [] : ['--username', identity.clientId] }));

  const { title } = identity.cloud;
  const { from } = identity;
  const authority = 'machine' in from ? new URL(identity.cloud.authority) : from.authority;
  const isUsual = authority.origin === new URL(identity.cloud.authority).origin;
  if (!isUsual) {
    const cloud = JSON.parse(await az('cloud', 'show', '--name', title, '--output', 'json')) as AzureCliCloud;
    const { endpoints, suffixes } = cloud;
    const file = join(folder, 'cloud.json');
    const activeDirectory = authority.href.replace(/\/$/, '');
    await promises.writeFile(file, JSON.stringify({ endpoints: { ...endpoints, activeDirectory }, suffixes }), {
      mode: 0o600,
    });
    await az('cloud', 'register', '--name', ownCloud, '--cloud-config', `@${file}`, '--skip-endpoint-discovery');
  }
  if (!isUsual || title !== clouds.azurecloud.title) await az('cloud', 'set', '--name', isUsual ? title : ownCloud);

  const { clientId = '', tenantId = '', subscriptionId } = identity;
  const subscriptions = subscriptionId === undefined ? ['--allow-no-subscriptions'] : [];
  const servicePrincipal = ['--service-principal', '--username', clientId, '--tenant', tenantId];
  // A login with the ID token ends with it; the broker's managed identity does not.
  const which = kept || clientId === '' ? [] : ['--client-id', clientId];
  const how = isManaged ? ['--identity', ...which] : [...servicePrincipal, '--federated-token', `@${tokenFile}`];
  await az('login', ...how, ...subscriptions, '--output', 'none');
  if (subscriptionId !== undefined) await az('account', 'set', '--subscription', subscriptionId);
  const variables = { AZURE_CONFIG_DIR: folder, ...extensionDirectory(host.system.environment) };
  exportVariables(host, variables);
  return [...Object.keys(variables), 'az'];
}

/** Logs out; the folder is removed with the step's secret files. */
export async function logAzureCliOut(host: Host): Promise<void> {
  const saved = host.state(state);
  if (saved === '') return;
  const { folder, user } = JSON.parse(saved) as { folder: string; user: string[] };
  const outbound = { system: host.system, deadline: host.system.now() + 30_000, debug: host.debug.bind(host) };
  try {
    await runTool(azureCli, ['logout', ...user], settings(folder), outbound, []);
  } catch {
    // It was never logged in, or is out already: what it knew goes with its folder.
  }
  host.saveState(state, '');
}

/** Where extensions are installed by default is below the configuration folder: those of the user stay in sight. */
function extensionDirectory({ AZURE_EXTENSION_DIR, AZURE_CONFIG_DIR, USERPROFILE, HOME }: Environment) {
  const home = USERPROFILE || HOME;
  const usual = AZURE_CONFIG_DIR || (home && join(home, '.azure'));
  return AZURE_EXTENSION_DIR || !usual ? {} : { AZURE_EXTENSION_DIR: join(usual, 'cliextensions') };
}

/** Telemetry would be sent by a process that outlives the folder. */
const settings = (folder: string) => ({
  AZURE_CONFIG_DIR: folder,
  AZURE_CORE_COLLECT_TELEMETRY: 'false',
  AZURE_CORE_NO_COLOR: 'true',
});

interface AzureCliCloud {
  readonly endpoints: Readonly<Record<string, string | null>>;
  readonly suffixes: Readonly<Record<string, string | null>>;
}
