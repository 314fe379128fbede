import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Process ids of its own, as a job's container has them, with a first process that only keeps it going. */
export interface Container {
  /** A `node` that runs in it, started by a launcher that ends with it: what `docker exec` does for a task in a container job. */
  readonly node: string;
  /** What the platform does when the job is done. */
  remove(): void;
}

/** Why there is no container here; an empty string where there can be one. */
export function noContainer(): string {
  if (process.platform !== 'linux') return 'namespaces are of Linux';
  const { status } = spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']);
  return status === 0 ? '' : 'unshare may not make a namespace here';
}

/** Source: microsoft/azure-pipelines-agent, containerHandlerInvoker.js.template: starts the handler, hands on its streams, ends with it. */
const launcher = `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, process.argv.slice(2), { stdio: 'inherit' });
  child.on('exit', (code) => process.exit(code ?? 1));
`;

export async function startContainer(): Promise<Container> {
  const folder = mkdtempSync(join(tmpdir(), 'container-'));
  const first = spawn(
    'unshare',
    ['--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', 'echo up; exec sleep 3600'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  await new Promise((up) => first.stdout?.once('data', up));
  const pid = childOf(first);
  const script = join(folder, 'launcher.cjs');
  writeFileSync(script, launcher);
  const node = join(folder, 'node');
  // No shell: it would drop inputs, since their names have hyphens.
  const words = ['--target', String(pid), '--pid', '--mount', process.execPath, script];
  writeFileSync(
    node,
    `#!${process.execPath}
const { status } = require('node:child_process').spawnSync('nsenter', [...${JSON.stringify(words)}, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
`,
  );
  chmodSync(node, 0o755);
  return { node, remove: () => process.kill(pid, 'SIGKILL') };
}

function childOf({ pid }: ChildProcess): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}
