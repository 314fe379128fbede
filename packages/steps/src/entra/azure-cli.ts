import { promises } from 'node:fs';
import { join } from 'node:path';
import type { Environment, Outbound } from '@fedbridge/core';
import { clouds } from '@fedbridge/entra';
import { exportVariables, type Host, secretDirectory, warnOfUnverifiedTls } from '@fedbridge/step';
import type { EntraIdentity } from './entra-identity.ts';
import { type Login, runTool, type Tool, unverifiedTls } from './log-in.ts';

/** The Azure CLI, as a tool that is logged in. */
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
  { identity, tokenFile, kept, later }: Login,
  outbound: Outbound,
  secrets: readonly string[],
): Promise<readonly string[]> {
  if (host.system.environment[unverifiedTls]) warnOfUnverifiedTls(host, unverifiedTls, 'calls of the Azure CLI');
  const folder = await secretDirectory(host);
  const isManaged = kept !== undefined || tokenFile === undefined;
  // A managed identity has no name to log out by: it is the one account of its folder.
  host.saveState(state, JSON.stringify({ folder, user: isManaged ? [] : ['--username', identity.clientId] }));

  const metadata = ownMetadata(identity, host.system.environment);
  // In the job's environment it goes before what the configuration folder says.
  const isNamed = Boolean(host.system.environment.AZURE_CLOUD_NAME);
  const inCloud = (name: string): Record<string, string> => (isNamed ? { AZURE_CLOUD_NAME: name } : {});
  const azIn =
    (cloud: string): Az =>
    (...args) => {
      const environment = { ...later, ...settings(folder), ...inCloud(cloud), ...metadata };
      return runTool(azureCli, [...args, '--only-show-errors'], environment, outbound, secrets);
    };
  const cloud = await chooseCloud(azIn(identity.cloud.title), identity, folder);
  const az = azIn(cloud);

  const { clientId = '', tenantId = '', subscriptionId } = identity;
  const subscriptions = subscriptionId === undefined ? ['--allow-no-subscriptions'] : [];
  const servicePrincipal = ['--service-principal', '--username', clientId, '--tenant', tenantId];
  // A login with the ID token ends with it; the broker's managed identity does not.
  const which = kept || clientId === '' ? [] : ['--client-id', clientId];
  const how = isManaged ? ['--identity', ...which] : [...servicePrincipal, '--federated-token', `@${tokenFile}`];
  await az('login', ...how, ...subscriptions, '--output', 'none');
  if (subscriptionId !== undefined) await az('account', 'set', '--subscription', subscriptionId);
  const variables = { AZURE_CONFIG_DIR: folder, ...inCloud(cloud), ...extensionDirectory(host.system.environment) };
  exportVariables(host, variables);
  return [...Object.keys(variables), 'az'];
}

/** Runs the Azure CLI. @returns what it printed */
type Az = (...args: readonly string[]) => Promise<string>;

/** @returns the name of the cloud, which is one of the folder's own where Entra is at another address than usual */
async function chooseCloud(az: Az, { cloud, from }: EntraIdentity, folder: string): Promise<string> {
  const usual = new URL(cloud.authority);
  const authority = 'machine' in from ? usual : from.authority;
  if (authority.origin === usual.origin) {
    if (cloud.title !== clouds.azurecloud.title) await az('cloud', 'set', '--name', cloud.title);
    return cloud.title;
  }
  const shown = JSON.parse(await az('cloud', 'show', '--name', cloud.title, '--output', 'json')) as AzureCliCloud;
  const file = join(folder, 'cloud.json');
  const endpoints = { ...shown.endpoints, activeDirectory: authority.href.replace(/\/$/, '') };
  await promises.writeFile(file, JSON.stringify({ endpoints, suffixes: shown.suffixes }), { mode: 0o600 });
  await az('cloud', 'register', '--name', ownCloud, '--cloud-config', `@${file}`, '--skip-endpoint-discovery');
  await az('cloud', 'set', '--name', ownCloud);
  return ownCloud;
}

/**
 * The file of clouds that a company's own cloud needs beside its Entra: followed where it is at the host of the authority that the step
 * was given, or beside it below one domain. Elsewhere it would be a stranger's.
 */
function ownMetadata(
  { from }: EntraIdentity,
  { ARM_CLOUD_METADATA_URL: url = '' }: Environment,
): Record<string, string> {
  if ('machine' in from || !URL.canParse(url)) return {};
  const [own, other] = [from.authority.hostname, new URL(url).hostname];
  const domain = own.slice(own.indexOf('.'));
  const isBeside = own === other || (domain.lastIndexOf('.') > 0 && !/\d$/.test(own) && other.endsWith(domain));
  return isBeside ? { ARM_CLOUD_METADATA_URL: url } : {};
}

/** Logs out; the folder is removed with the step's secret files. */
export async function logAzureCliOut(host: Host): Promise<void> {
  const saved = host.state(state);
  if (saved === '') return;
  const { folder, user } = JSON.parse(saved) as { folder: string; user: string[] };
  const outbound = { system: host.system, deadline: host.system.now() + 30_000, debug: host.debug.bind(host) };
  try {
    if (host.folder.contains(folder)) await runTool(azureCli, ['logout', ...user], settings(folder), outbound, []);
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
