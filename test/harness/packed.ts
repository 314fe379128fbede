import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { jobRuntimes, root, type Variables } from './process.ts';

/** The Node versions that packages are installed on: those of jobs, and 22 where this machine has one. */
export function packageRuntimes(): { readonly name: string; readonly node: string }[] {
  const { INTEROP_NODE_22: node } = process.env;
  return [...jobRuntimes(), ...(node ? [{ name: 'Node 22', node }] : [])];
}

/**
 * Packs a package as `npm pack` in its folder does, of a copy: other tests read the manifest meanwhile.
 *
 * @param name - of its folder in `packages`
 * @returns the tarball
 */
export function packed(name: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'packed-'));
  const folder = join(copy, 'packages', name);
  mkdirSync(folder, { recursive: true });
  for (const part of ['package.json', 'README.md', 'dist'])
    cpSync(join(root, 'packages', name, part), join(folder, part), { recursive: true });
  for (const part of ['scripts', 'node_modules', 'LICENSE']) symlinkSync(join(root, part), join(copy, part));
  const [{ filename }] = JSON.parse(npm(process.execPath, ['pack', '--json', '--loglevel=error'], folder));
  return join(folder, filename);
}

/** Runs npm on a Node, with nothing of this repository in its environment and nothing asked of a registry. @returns what it prints */
export function npm(node: string, args: readonly string[], cwd: string): string {
  return execFileSync(node, [npmScript(), ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...bareEnvironment(node, cwd), ...quiet, npm_config_cache: join(cwd, '.npm') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

const quiet = {
  npm_config_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
};

/** A machine of which this is the Node. */
export function bareEnvironment(node: string, home: string): Variables {
  return { PATH: `${dirname(node)}:/usr/bin:/bin`, HOME: home };
}

/** That of the machine, which runs on each Node that is supported. */
export function npmScript(): string {
  const npmOnPath = (process.env.PATH ?? '').split(':').map((folder) => join(folder, 'npm'));
  for (const path of npmOnPath) {
    try {
      const script = realpathSync(path);
      if (script.endsWith('npm-cli.js')) return script;
    } catch {
      // Not in this folder.
    }
  }
  throw new Error('no npm is on the path');
}
