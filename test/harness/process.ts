import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';

/** The root of the repository. */
export const root = join(import.meta.dirname, '..', '..');

export type Variables = Readonly<Record<string, string>>;

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a bundle as a runner does: in its own process, with nothing in its environment but what it is given.
 *
 * @param cancel - kills it
 */
export function runNode(
  node: string,
  script: string,
  environment: Variables,
  cwd: string,
  cancel?: AbortSignal,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [script], { env: environment, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    cancel?.addEventListener('abort', () => child.kill('SIGKILL'));
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

/** What a machine has in every process's environment. */
export function machineEnvironment(home: string): Record<string, string> {
  // Nothing listens there: no test asks the network whether this machine has an identity.
  return { PATH: process.env.PATH ?? '', HOME: home, AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:9' };
}

/** The Node versions that jobs use and this machine has: the repository's own 24, and a 20 from the path. */
export function jobRuntimes(): { readonly name: string; readonly node: string }[] {
  const runtimes = [{ name: 'Node 24', node: process.execPath }];
  const older = (process.env.PATH ?? '')
    .split(':')
    .map((folder) => join(folder, 'node'))
    .find((node) => majorVersion(node) === 20);
  if (older) runtimes.push({ name: 'Node 20', node: older });
  return runtimes;
}

function majorVersion(node: string): number | undefined {
  try {
    const version = execFileSync(node, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return Number(/^v(\d+)\./.exec(version)?.[1]);
  } catch {
    return undefined;
  }
}
