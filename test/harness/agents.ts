import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmulatorUrls, type Setup, startEmulator } from '@fedbridge/emulator';
import { startCommand } from './cli.ts';
import type { Variables } from './process.ts';
import { ids, sharedSetup } from './setup.ts';

const account = { namespace: 'agents', serviceAccount: 'fedbridge-agent' };

interface Given {
  /** How long Entra's access tokens live; an hour by default. */
  readonly accessTokenSeconds?: number;
  /** How long the pod's token lives; an hour by default. */
  readonly podTokenSeconds?: number;
  /** By how many seconds the emulator's time is behind at first; a machine's cannot be moved. */
  readonly startedAgo?: number;
}

/** An Azure DevOps of its own with a pool, and a pod whose service account may register agents in it. */
export async function agentWorld({ accessTokenSeconds = 3600, podTokenSeconds = 3600, startedAgo = 0 }: Given = {}) {
  const emulator = await startEmulator({ setup: (urls) => setupOf(urls, accessTokenSeconds) });
  emulator.clock.advance(-startedAgo);
  const azure = { clientId: ids.assigned, tenantId: ids.tenant };
  const pod = await emulator.startPod({ ...account, lifetimeSeconds: podTokenSeconds, azure });
  const folder = mkdtempSync(join(tmpdir(), 'agent-'));
  const organization = `${emulator.urls.azureDevOps}/contoso`;
  const pool = emulator.agentPool('contoso', 'kubernetes');
  const args = (name: string, ...more: readonly string[]) => [
    ...['agent', 'run', '--url', organization, '--pool', 'kubernetes', '--name', name],
    ...['--folder', join(folder, name), ...more],
  ];
  return {
    ...{ emulator, pod, folder, organization, pool, args },
    /** Starts `fedbridge agent run` in the pod. */
    start: (name: string, more: readonly string[] = [], environment: Variables = {}) =>
      startCommand(args(name, ...more), { ...pod.environment, ...environment }, folder),
    /** The names of the agents that are registered. */
    registered: () => pool.agents.map(({ name }) => name),
    /** What was sent from outside the emulator. */
    sent: () => emulator.requests.filter(({ internal }) => !internal),
    /** The command lines of agents and their scripts that run. */
    processes: () => processesBelow(folder).map(({ line }) => line),
    /** Kills the agents and their scripts, as a machine does that has no memory left. */
    killAgents() {
      for (const { pid } of processesBelow(folder)) process.kill(pid, 'SIGKILL');
    },
    [Symbol.asyncDispose]: () => emulator.close(),
  };
}

/** The shared world, in which the agents' service account is trusted. */
function setupOf(urls: EmulatorUrls, accessTokenSeconds: number): Setup {
  const setup = sharedSetup(urls);
  const subject = `system:serviceaccount:${account.namespace}:${account.serviceAccount}`;
  const credential = { name: 'pod', issuer: urls.kubernetes, subject, audiences: ['api://AzureADTokenExchange'] };
  const tenants = (setup.tenants ?? []).map((tenant) => ({
    ...tenant,
    accessTokenSeconds,
    applications: tenant.applications.map((one) =>
      one.clientId === ids.assigned ? { ...one, federatedCredentials: [credential] } : one,
    ),
  }));
  return { ...setup, tenants };
}

function processesBelow(folder: string) {
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'pid=,args='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map((text) => /^ *(\d+) ((?:node|\/bin\/bash) .*)$/.exec(text) ?? [])
    .flatMap(([, pid, line]) => (line?.includes(`${folder}/`) ? [{ pid: Number(pid), line }] : []));
}

/** Waits until something is so. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
