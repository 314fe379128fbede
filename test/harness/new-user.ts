import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npmScript } from './packed.ts';

/** What a command printed, both streams in their order, and how it ended. */
export interface Typed {
  readonly output: string;
  readonly exitCode: number | null;
}

/** Somebody with an empty folder, an empty home, Node and npm, and nothing else. */
export interface NewUser {
  readonly folder: string;
  /** Has a shell run a line. */
  type(line: string): Promise<Typed>;
}

/** @param registry - where npm finds packages */
export function newUser(node: string, registry: string): NewUser {
  const home = mkdtempSync(join(tmpdir(), 'new-user-'));
  const [folder, bin, prefix] = ['work', 'bin', 'npm'].map((name) => join(home, name)) as [string, string, string];
  for (const path of [folder, bin, prefix]) mkdirSync(path);
  symlinkSync(node, join(bin, 'node'));
  for (const name of ['npm', 'npx']) {
    const script = npmScript().replace(/npm-cli\.js$/, `${name}-cli.js`);
    writeFileSync(join(bin, name), `#!/bin/sh\nexec '${node}' '${script}' "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const env = {
    PATH: `${join(prefix, 'bin')}:${bin}:/usr/bin:/bin`,
    HOME: home,
    npm_config_prefix: prefix,
    npm_config_registry: registry,
    npm_config_audit: 'false',
    npm_config_update_notifier: 'false',
  };
  return {
    folder,
    type: (line) =>
      new Promise((resolve, reject) => {
        const child = spawn('sh', ['-c', `${line}\n`], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
        let output = '';
        const add = (text: string) => {
          output += text;
        };
        child.stdout.setEncoding('utf8').on('data', add);
        child.stderr.setEncoding('utf8').on('data', add);
        child.on('error', reject).on('close', (exitCode) => resolve({ output, exitCode }));
      }),
  };
}
