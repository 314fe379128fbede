/**
 * Before a package is packed: puts into its folder the manifest that those who install it read, and the licence; with `--restore`, after
 * it was packed, those that developers read. `npm pack` takes what is there, and only pnpm would take `publishConfig.exports` and leave
 * `workspace:*` out by itself. Run in the package's folder.
 */
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Manifest, packedManifest } from './manifest-to-pack.ts';

const root = join(import.meta.dirname, '..');
/** The developers' own, while the other is in its place. */
const kept = '.package.json';

if (existsSync(kept)) {
  // Also after a packing that was killed.
  renameSync(kept, 'package.json');
  rmSync('LICENSE', { force: true });
}
if (!process.argv.includes('--restore')) {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
  const missing = manifest.files.filter((file) => !existsSync(file));
  if (missing.length > 0) throw new Error(`${missing} is not built: npx -y pnpm@12.21.0 build`);
  copyFileSync('package.json', kept);
  copyFileSync(join(root, 'LICENSE'), 'LICENSE');
  // At once: whoever reads it meanwhile finds a whole one.
  writeFileSync('.packed.json', `${JSON.stringify(packedManifest(manifest), null, 2)}\n`);
  renameSync('.packed.json', 'package.json');
}
