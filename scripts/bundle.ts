/**
 * Bundles compiled entries, all or the given ones, into dist/<entry>/index.js, minified, with the licences of what is inside. Run in
 * the wrapper's folder; what it writes runs alone, without node_modules.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import ncc from '@vercel/ncc';
import { minify } from 'terser';

const folder = process.cwd();
const given = process.argv.slice(2);
const entries = given.length > 0 ? given : readdirSync(join(folder, 'lib')).map((file) => basename(file, '.js'));
const dist = join(folder, 'dist');
const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly version: string };
const licensePrefix = 'licenses-';

rmSync(dist, { recursive: true, force: true });
for (const entry of entries) {
  const { code, assets } = await ncc(resolve(folder, 'lib', `${entry}.js`), {
    cache: false,
    // Node starts a module of CommonJS in less time.
    esm: false,
    // One file a chunk: under a single name each chunk's licences would replace those of the chunk before.
    license: `${licensePrefix}[name].txt`,
    // ncc would minify the entry alone and leave the chunks of dynamic imports, where most of the code is, as they are.
    minify: false,
    quiet: true,
    target: 'es2022',
  });
  write(join(dist, entry, 'index.js'), await minified(code));
  write(join(dist, entry, 'package.json'), '{"type":"commonjs"}\n');
  const names = Object.keys(assets).sort();
  for (const name of names.filter((asset) => !asset.startsWith(licensePrefix))) {
    const source = assets[name]?.source ?? '';
    write(join(dist, entry, withPageNamed(name)), name.endsWith('.js') ? await minified(String(source)) : source);
  }
  const licenses = names
    .filter((asset) => asset.startsWith(licensePrefix))
    .map((asset) => String(assets[asset]?.source));
  const scripts = [code, ...names.filter((name) => name.endsWith('.js')).map((name) => String(assets[name]?.source))];
  // Of what a package has bundled before.
  const prebundled = new Set(
    scripts.flatMap((script) => [...script.matchAll(/\/\*! licenses: (.+?) \*\//g)].map(([, file = '']) => file)),
  );
  for (const file of [...prebundled].sort()) licenses.push(readFileSync(join(import.meta.dirname, '..', file), 'utf8'));
  write(join(dist, entry, 'licenses.txt'), licenses.join('\n'));
}

/** The bundler calls a page that comes along after its content; users see where it is. */
function withPageNamed(text: string): string {
  return text.replaceAll(/\b[\da-f]{20}\.html\b/g, 'page.html');
}

async function minified(source: string): Promise<string> {
  // V8 reads a function twice unless it stands in parentheses, which the minifier leaves around an argument alone.
  const eager = withPageNamed(source).replaceAll(/^\/\*{3}\/ \(\(/gm, 'Object((');
  // With the names of classes and functions, a stack trace in a job's log can still be read.
  const { code } = await minify(eager, {
    ecma: 2020,
    toplevel: true,
    compress: { global_defs: { FEDBRIDGE_VERSION: version } },
    keep_classnames: true,
    keep_fnames: true,
    format: { wrap_func_args: true },
  });
  if (code === undefined) throw new Error('Nothing is left of a bundle once minified.');
  return code;
}

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
