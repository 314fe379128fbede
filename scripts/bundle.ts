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

rmSync(dist, { recursive: true, force: true });
for (const entry of entries) {
  const { code, assets } = await ncc(resolve(folder, 'lib', `${entry}.js`), {
    cache: false,
    license: 'licenses.txt',
    minify: true,
    quiet: true,
    target: 'es2022',
  });
  write(join(dist, entry, 'index.js'), code);
  for (const [name, asset] of Object.entries(assets)) write(join(dist, entry, name), asset.source);
}

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
