/**
 * Makes the command one program with Node inside, for machines without Node: `fedbridge`, or `fedbridge.exe`, in the folder of the first
 * argument, `packages/cli/dist/standalone` by default, for the platform that this runs on, with the licences of what is inside beside it.
 * Source: Node.js, "Single executable applications".
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inject } from 'postject';

const root = join(import.meta.dirname, '..');
const bundle = join(root, 'packages', 'cli', 'dist', 'main');
const output = resolve(root, process.argv[2] ?? 'packages/cli/dist/standalone');
const isMac = process.platform === 'darwin';
const program = join(output, process.platform === 'win32' ? 'fedbridge.exe' : 'fedbridge');

const staging = mkdtempSync(join(tmpdir(), 'fedbridge-standalone-'));
try {
  const blob = join(staging, 'blob');
  const config = {
    main: join(import.meta.dirname, 'standalone-main.cjs'),
    output: blob,
    disableExperimentalSEAWarning: true,
    assets: Object.fromEntries(readdirSync(bundle).map((name) => [name, join(bundle, name)])),
  };
  writeFileSync(join(staging, 'config.json'), JSON.stringify(config));
  execFileSync(process.execPath, ['--experimental-sea-config', join(staging, 'config.json')], { stdio: 'pipe' });
  mkdirSync(output, { recursive: true });
  copyFileSync(process.execPath, program);
  chmodSync(program, 0o755);
  // What is changed must be signed anew.
  if (isMac) execFileSync('codesign', ['--remove-signature', program]);
  await inject(program, 'NODE_SEA_BLOB', readFileSync(blob), {
    sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
    ...(isMac ? { machoSegmentName: 'NODE_SEA' } : {}),
  });
  if (isMac) execFileSync('codesign', ['--sign', '-', program]);
  copyFileSync(join(bundle, 'licenses.txt'), join(output, 'licenses.txt'));
  copyFileSync(join(root, 'LICENSE'), join(output, 'LICENSE'));
  console.log(program);
} finally {
  rmSync(staging, { recursive: true, force: true });
}
