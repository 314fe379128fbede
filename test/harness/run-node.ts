import { spawn } from 'node:child_process';
import type { Variables } from './process.ts';

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that runs, to the platform that started it. */
export interface Running {
  readonly hasEnded: boolean;
  /** Does nothing once it has ended. */
  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
}

/**
 * Runs a bundle as a runner does: in its own process, with nothing in its environment but what it is given.
 *
 * @param meanwhile - what is done while it runs
 * @param user - the id of the user that it runs as, where that is another one
 */
export function runNode(
  node: string,
  script: string,
  environment: Variables,
  cwd: string,
  meanwhile?: (running: Running) => Promise<void>,
  user?: number,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [script], {
      env: environment,
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(user === undefined ? {} : { uid: user, gid: user }),
    });
    let hasEnded = false;
    child.on('exit', () => {
      hasEnded = true;
    });
    const running: Running = {
      get hasEnded() {
        return hasEnded;
      },
      signal: (name) => void child.kill(name),
    };
    const done = meanwhile?.(running).catch((error) => {
      child.kill('SIGKILL');
      reject(error);
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', async (exitCode) => {
      await done;
      resolve({ exitCode, stdout, stderr });
    });
  });
}
