/**
 * Bundles a wrapper's compiled entries into dist/<entry>/index.js, minified, with the licences of what is inside. Run in
 * the wrapper's folder; what it writes runs alone, without node_modules.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ncc from '@vercel/ncc';

const entries = ['main', 'post'];
const folder = process.cwd();
const dist = join(folder, 'dist');
const licensePrefix = 'licenses-';

rmSync(dist, { recursive: true, force: true });
for (const entry of entries) {
  const { code, assets } = await ncc(resolve(folder, 'lib', `${entry}.js`), {
    cache: false,
    // One file a chunk: under a single name each chunk's licences would replace those of the chunk before.
    license: `${licensePrefix}[name].txt`,
    minify: true,
    quiet: true,
    target: 'es2022',
  });
  write(join(dist, entry, 'index.js'), code);
  const names = Object.keys(assets).sort();
  for (const name of names.filter((asset) => !asset.startsWith(licensePrefix))) {
    write(join(dist, entry, name), assets[name]?.source ?? '');
  }
  const licenses = names.filter((asset) => asset.startsWith(licensePrefix)).map((asset) => assets[asset]?.source);
  write(join(dist, entry, 'licenses.txt'), licenses.join('\n'));
}

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
