/** Packs the tasks and the service connection into an extension: `fedbridge-<version>.vsix` in the folder of the first argument, the root by default. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = join(import.meta.dirname, '..');
const tasks = join(root, 'tasks');
const output = resolve(root, process.argv[2] ?? '.');

interface Manifest {
  version: string;
  readonly files: readonly { readonly path: string }[];
}

const staging = mkdtempSync(join(tmpdir(), 'fedbridge-package-'));
try {
  const manifest = JSON.parse(readFileSync(join(tasks, 'vss-extension.json'), 'utf8')) as Manifest;
  for (const { path } of manifest.files) {
    // What a task runs on, and nothing else of its folder.
    for (const part of ['task.json', 'dist'])
      cpSync(join(tasks, path, part), join(staging, path, part), { recursive: true });
    cpSync(join(tasks, 'icon-32.png'), join(staging, path, 'icon.png'));
  }
  for (const file of ['icon.png', 'overview.md']) cpSync(join(tasks, file), join(staging, file));
  cpSync(join(root, 'docs', 'screenshots'), join(staging, 'screenshots'), { recursive: true });
  cpSync(join(root, 'LICENSE'), join(staging, 'LICENSE'));
  manifest.version = versionOf(manifest);
  writeFileSync(join(staging, 'vss-extension.json'), JSON.stringify(manifest, null, 2));

  const file = join(output, `fedbridge-${manifest.version}.vsix`);
  const args = [
    'extension',
    'create',
    '--root',
    staging,
    '--manifest-globs',
    'vss-extension.json',
    '--output-path',
    file,
  ];
  const { status, stdout, stderr } = spawnSync('tfx', [...args, '--no-color', '--no-prompt'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tfx failed:\n${stdout}${stderr}`);
  console.log(file);
} finally {
  rmSync(staging, { recursive: true, force: true });
}

/** The one version that all tasks have. */
function versionOf({ files }: Manifest): string {
  const versions = files.map(({ path }) => {
    const { version } = JSON.parse(readFileSync(join(tasks, path, 'task.json'), 'utf8'));
    return `${version.Major}.${version.Minor}.${version.Patch}`;
  });
  const [version, ...others] = new Set(versions);
  if (version === undefined || others.length > 0) throw new Error(`The tasks have several versions: ${versions}.`);
  return version;
}
