import type { spawn as Spawn } from 'node:child_process';
import { FedbridgeError, killWithChildren, type RunningProcess, type System } from '@fedbridge/core';
import { listenOnLoopback } from './listen.ts';
import { type BrokerAddress, type BrokerPlan, type BrokerSecrets, filesOfRunning, writePlan } from './plan.ts';
import { listener, supervised } from './supervised.ts';

/** How long a broker may take until it serves, in ms. */
const timeoutMs = 60_000;

/** It answers now and then: memory counts, which every job pays for, and not the speed that optimised code would have. */
const smallHeap = ['--lite-mode'];

/** What of the job's environment a broker needs: how to reach the network, and what platforms clean up by. */
const inherited = [
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'NODE_USE_SYSTEM_CA',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'RUNNER_TRACKING_ID',
  'VSTS_PROCESS_LOOKUP_ID',
  'SystemRoot',
  'TEMP',
  'TMP',
  'TMPDIR',
];

/** Which CAs this process trusts; of what else may be in `NODE_OPTIONS` a broker follows nothing. Source: Node.js, "Command-line API". */
const caStores = ['--use-system-ca', '--use-openssl-ca', '--use-bundled-ca'];

/** A broker that runs. Holds no secret. */
export interface BrokerHandle {
  /** Its supervisor, where it has one. */
  readonly process: RunningProcess;
  readonly folder: string;
}

/** What a step leaves to a broker to do; how it is reached is settled here. */
export type BrokerOrder<Endpoint extends string = string> = Omit<BrokerPlan<Endpoint>, 'secrets' | 'listener'>;

/** A broker that serves. Holds secrets. */
export interface StartedBroker<Endpoint extends string = string> {
  readonly port: number;
  readonly secrets: BrokerSecrets<Endpoint>;
  readonly handle: BrokerHandle;
}

/**
 * Starts a broker as a process of its own, which outlives this one. Its plan goes to it over a pipe.
 *
 * The socket is opened here and handed down, to the broker and to the supervisor that starts a killed one again. Windows hands no sockets
 * down: there a broker opens its own, and nobody starts it again.
 *
 * @param script - the file that calls `runBroker`
 * @param keep - told how it is found again, once it serves; it is killed if that fails
 * @throws FedbridgeError `DELIVERY_FAILED`, or what `keep` throws
 */
export async function startBroker<Endpoint extends string = never>(
  order: BrokerOrder<Endpoint>,
  { script, keep }: { readonly script: string; readonly keep?: (handle: BrokerHandle) => void },
  system: Pick<System, 'environment' | 'processOf'>,
): Promise<StartedBroker<Endpoint>> {
  // Loaded where it is needed: most steps start nothing.
  const { spawn } = await import('node:child_process');
  const secrets = await makeSecrets(order);
  const node = [process.execPath, ...smallHeap, ...caStoresOf(system.environment), script] as const;
  const socket = process.platform === 'win32' ? undefined : await listenOnLoopback();
  const { command, args } = socket
    ? supervised(node, filesOfRunning(order))
    : { command: node[0], args: node.slice(1) };
  const begin = () =>
    spawn(command, args, {
      // Its own, so that it holds no other, and finds what it has there however long the path is.
      cwd: order.folder,
      detached: true,
      env: environmentOf(order, system.environment),
      stdio: ['pipe', 'pipe', 'ignore', ...(socket ? [socket.descriptor] : [])],
      windowsHide: true,
    });
  const child = start(begin, order.folder, () => socket?.close());
  const failed = (why: string) => new FedbridgeError('DELIVERY_FAILED', `The credential broker did not start: ${why}.`);
  try {
    child.stdin?.on('error', () => {});
    child.stdin?.end(writePlan({ ...order, secrets, listener: socket && listener }));
    const { port } = JSON.parse(await firstLine(child, failed)) as BrokerAddress;
    const handle = { process: system.processOf(child.pid ?? 0), folder: order.folder };
    keep?.(handle);
    return { port, secrets, handle };
  } catch (error) {
    killWithChildren(child);
    throw error;
  } finally {
    child.stdout?.destroy();
    child.unref();
  }
}

/** Without what the plan has: others of the job's user can read the environment of a process that runs for hours. */
function environmentOf({ network }: Pick<BrokerOrder, 'network'>, environment: System['environment']) {
  const names = inherited.filter((name) => network?.proxy === undefined || name.toLowerCase() !== 'https_proxy');
  return Object.fromEntries(names.map((name) => [name, environment[name]]));
}

/** This process runs by them too: they are known to this Node. */
function caStoresOf({ NODE_OPTIONS = '' }: System['environment']): readonly string[] {
  const given = [...NODE_OPTIONS.split(/\s+/), ...process.execArgv];
  return caStores.filter((option) => given.includes(option));
}

async function makeSecrets<Endpoint extends string>({
  endpoints,
}: BrokerOrder<Endpoint>): Promise<BrokerSecrets<Endpoint>> {
  const { randomBytes } = await import('node:crypto');
  const names = [...Object.keys(endpoints ?? {}), 'idTokens'];
  const secrets = names.map((name) => [name, randomBytes(32).toString('base64url')]);
  return Object.fromEntries(secrets) as BrokerSecrets<Endpoint>;
}

/** Of some errors Node does not tell later, such as a folder that is none. @param settle - told that it was tried, however that went */
function start(spawn: () => ReturnType<typeof Spawn>, folder: string, settle: () => void): ReturnType<typeof Spawn> {
  try {
    return spawn();
  } catch (error) {
    const errno = (error as { code?: string }).code ?? 'unforeseen';
    throw new FedbridgeError('DELIVERY_FAILED', `The credential broker did not start in ${folder}: ${errno}.`);
  } finally {
    settle();
  }
}

function firstLine(child: ReturnType<typeof Spawn>, failed: (why: string) => Error): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(failed('out of time')), timeoutMs);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0) settle(() => resolve(text.slice(0, end)));
    });
    child.on('error', (error) => settle(() => reject(failed((error as { code?: string }).code ?? 'unforeseen'))));
    child.on('close', (code) => settle(() => reject(failed(`exit code ${code}`))));
  });
}
