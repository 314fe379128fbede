import { spawn } from 'node:child_process';
import type { Variables } from './process.ts';

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a bundle as a runner does: in its own process, with nothing in its environment but what it is given.
 *
 * @param cancel - kills it
 * @param user - the id of the user that it runs as, where that is another one
 */
export function runNode(
  node: string,
  script: string,
  environment: Variables,
  cwd: string,
  cancel?: AbortSignal,
  user?: number,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [script], {
      env: environment,
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(user === undefined ? {} : { uid: user, gid: user }),
    });
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
