import type { spawn as Spawn } from 'node:child_process';
import { type Environment, FedbridgeError, type RunningProcess } from '@fedbridge/core';
import { type BrokerAddress, type BrokerPlan, filesOfRunning } from './plan.ts';

/** How long a broker may take until it serves, in ms. */
const patience = 60_000;

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
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'RUNNER_TRACKING_ID',
  'VSTS_PROCESS_LOOKUP_ID',
  'SystemRoot',
  'TEMP',
  'TMP',
  'TMPDIR',
];

/** A broker that runs. Holds no secret. */
export interface BrokerHandle {
  readonly process: RunningProcess;
  readonly folder: string;
}

/**
 * Starts a broker as a process of its own, which outlives this one. Its plan goes to it over a pipe.
 *
 * @param script - the file that calls `runBroker`
 * @throws FedbridgeError `DELIVERY_FAILED`
 */
export async function startBroker(
  plan: BrokerPlan,
  script: string,
  environment: Environment,
): Promise<BrokerAddress & { readonly handle: BrokerHandle }> {
  const variables = Object.fromEntries(inherited.map((name) => [name, environment[name]]));
  const { command, args } = guarded(process.execPath, [...smallHeap, script]);
  // Loaded where it is needed: most steps start nothing.
  const { spawn } = await import('node:child_process');
  const child = spawn(command, args, {
    // Its own, so that it holds no other, and finds what it has there however long the path is.
    cwd: plan.folder,
    detached: true,
    env: { ...variables, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
  const failed = (why: string) => new FedbridgeError('DELIVERY_FAILED', `The credential broker did not start: ${why}.`);
  try {
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify(plan));
    const line = await firstLine(child, failed);
    const address = JSON.parse(line) as BrokerAddress;
    return { ...address, handle: { process: address.process, folder: plan.folder } };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    child.stdout.destroy();
    child.unref();
  }
}

function firstLine(child: ReturnType<typeof Spawn>, failed: (why: string) => Error): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(failed('out of time')), patience);
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

/**
 * A shell around the broker. What is in the broker's memory shall not end up in a file; and when it is killed, the files by which clients
 * find it go with it, so that no client tells a secret to whoever takes its port. Windows writes no dumps unless it is told to.
 */
function guarded(command: string, args: readonly string[]): { command: string; args: string[] } {
  if (process.platform === 'win32') return { command, args: [...args] };
  const script = `ulimit -c 0; "$@"; ended=$?; rm -f ${filesOfRunning.join(' ')}; exit $ended`;
  return { command: '/bin/sh', args: ['-c', script, 'sh', command, ...args] };
}
