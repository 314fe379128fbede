import { type ChildProcess, spawn } from 'node:child_process';
import { access, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Environment, FedbridgeError, hasGroups, oneInertLine, type System } from '@fedbridge/core';
import type { GetAccessToken } from '../azure-devops-rest.ts';
import type { Organization } from '../organization.ts';

/** An agent that is configured in a folder of this machine. */
export interface ConfiguredAgent {
  /** Where its scripts are. */
  readonly folder: string;
  readonly name: string;
}

/** An agent of this machine, and what it is configured for. */
export interface AgentPlace extends ConfiguredAgent {
  readonly organization: Organization;
  readonly pool: string;
  /** The folder of its jobs. */
  readonly work: string;
}

/**
 * Variables that say how this process gets its identity: jobs are not handed it.
 * Source: Microsoft Learn and MSAL, managed identity sources; AWS SDKs reference, container credentials.
 */
const identityVariables = [
  'AZURE_CLIENT_ID',
  'AZURE_TENANT_ID',
  'AZURE_FEDERATED_TOKEN_FILE',
  'AZURE_AUTHORITY_HOST',
  'AZURE_POD_IDENTITY_AUTHORITY_HOST',
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'IDENTITY_ENDPOINT',
  'IDENTITY_HEADER',
  'IDENTITY_SERVER_THUMBPRINT',
  'IMDS_ENDPOINT',
  'MSI_ENDPOINT',
  'MSI_SECRET',
];

/** Files of an agent's configuration on this machine. */
const settings = ['.agent', '.credentials', '.credentials_rsaparams'];

const configurationMs = 5 * 60_000;

/**
 * Registers the agent, in the place of one of the same name. The token reaches it by a variable, which unattended
 * configuration reads as it reads arguments, and which other users of the machine cannot see.
 * Source: microsoft/azure-pipelines-agent, `CommandSettings`; Microsoft Learn, "Self-hosted Linux agents".
 *
 * @throws FedbridgeError `EXCHANGE_REJECTED` with what the agent said
 */
export async function configure(place: AgentPlace, accessToken: GetAccessToken, system: System): Promise<void> {
  for (const file of settings) await rm(join(place.folder, file), { force: true });
  const { organization, pool, name, work } = place;
  const args = [
    '--unattended',
    '--url',
    organization,
    '--auth',
    'pat',
    '--pool',
    pool,
    '--agent',
    name,
    '--work',
    work,
  ];
  await runConfig(place, [...args, '--replace', '--acceptTeeEula'], accessToken, system, 'registered');
}

/** Takes the agent out of its pool. @throws FedbridgeError `EXCHANGE_REJECTED`, also while a job runs on it */
export async function remove(place: AgentPlace, accessToken: GetAccessToken, system: System): Promise<void> {
  await runConfig(place, ['remove', '--unattended', '--auth', 'pat'], accessToken, system, 'removed');
}

async function runConfig(
  { folder, name }: AgentPlace,
  args: readonly string[],
  accessToken: GetAccessToken,
  system: System,
  what: string,
): Promise<void> {
  const token = (await accessToken()).reveal();
  const end = await system.run({
    program: join(folder, script('config')),
    args,
    folder,
    environment: { ...agentEnvironment(system.environment, true), VSTS_AGENT_INPUT_TOKEN: token },
    withinMs: configurationMs,
  });
  if (end.exitCode === 0) return;
  const reason = end.output.replaceAll(token, '***').trim().split('\n').slice(-3).map(oneInertLine).join('\n');
  throw new FedbridgeError('EXCHANGE_REJECTED', `Agent ${name} could not be ${what}.`, {
    answer: end.exitCode === null ? 'It took too long and was stopped.' : `exit code ${end.exitCode}: ${reason}`,
    recovery: 'transient',
  });
}

/** Whether an agent has been configured in a folder, and not been removed. */
export function isConfigured(folder: string): Promise<boolean> {
  return access(join(folder, '.agent')).then(
    () => true,
    () => false,
  );
}

/** How an agent is started. */
export interface StartOptions {
  readonly once: boolean;
  /** Whether jobs find the variables that this process gets its identity by. */
  readonly shareIdentity: boolean;
  /** What each line that the agent prints is given to; without, its output is this process's. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/**
 * Starts the agent, which waits for jobs. It is its listener that is started, as the agent's own service host does: `run.sh` starts it again
 * after an update in some cases, and takes no signals. One of the type `service` is not started again by its update, without this process.
 * Source: microsoft/azure-pipelines-agent, `AgentService.js`, `run-docker.sh`, `SelfUpdater`.
 */
export function startAgent(
  place: ConfiguredAgent,
  { once, shareIdentity, onLine }: StartOptions,
  environment: Environment,
): ChildProcess {
  const output = onLine ? 'pipe' : 'inherit';
  const child = spawn(listener(place), ['run', ...(once ? ['--once'] : ['--startuptype', 'service'])], {
    cwd: place.folder,
    env: { ...agentEnvironment(environment, shareIdentity) },
    stdio: ['ignore', output, output],
    // A signal to the group of this process is for this process: it ends the agent when its job is done.
    detached: hasGroups,
    windowsHide: true,
  });
  for (const stream of onLine ? [child.stdout, child.stderr] : [])
    if (stream && onLine) createInterface({ input: stream }).on('line', onLine);
  return child;
}

/**
 * Which agent is in place: an update puts the folder of another version in the place of `bin`.
 *
 * @returns its path; undefined while there is none
 */
export function installedAgent(place: ConfiguredAgent): Promise<string | undefined> {
  return realpath(listener(place)).catch(() => undefined);
}

/** Signals the agent, and all that it started. */
export function signalAgent(child: ChildProcess, signal: 'SIGINT' | 'SIGKILL'): void {
  try {
    if (hasGroups && child.pid !== undefined) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch {
    // It has ended meanwhile.
  }
}

/** What jobs find in their environment, and of that, what is not reported to the pool as a capability. */
function agentEnvironment(environment: Environment, withIdentity: boolean): Environment {
  const dropped = withIdentity ? [] : identityVariables;
  const kept = Object.fromEntries(Object.entries(environment).filter(([name]) => !dropped.includes(name)));
  const ours = Object.keys(kept).filter((name) =>
    /^(AZP|AZURE|AWS|ARM|IDENTITY|IMDS|MSI|KUBERNETES|FEDBRIDGE|VSTS_AGENT_INPUT)_/.test(name),
  );
  const ignored = [environment.VSO_AGENT_IGNORE, ...ours, 'VSTS_AGENT_INPUT_TOKEN', 'VSO_AGENT_IGNORE'];
  return { ...kept, VSO_AGENT_IGNORE: ignored.filter(Boolean).join(',') };
}

function listener({ folder }: ConfiguredAgent): string {
  return join(folder, 'bin', process.platform === 'win32' ? 'Agent.Listener.exe' : 'Agent.Listener');
}

function script(name: string): string {
  return `${name}.${process.platform === 'win32' ? 'cmd' : 'sh'}`;
}
