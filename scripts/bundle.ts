/**
 * Bundles the sources of entries, all or the given ones, into dist/<entry>/index.js, minified, with the licenses of what is inside. Run
 * in a wrapper's folder, or at the root for all wrappers: from the second on the bundlers are compiled and take half the time. What it
 * writes runs alone, without node_modules. Rolldown reads TypeScript and the ES modules of packages, and leaves out what is not used; ncc
 * makes of it what Node starts in the least time: CommonJS, with a file of its own for what is imported with `import()`.
 */
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ncc from '@vercel/ncc';
import { rolldown } from 'rolldown';
import { minify } from 'rolldown/utils';
import { libraryParts } from './library-parts.ts';
import { licensesOf } from './licenses.ts';

const given = process.argv.slice(2);
// With the names of classes and functions, a stack trace in a job's log can still be read.
const keepNames = { function: true, class: true };

const here = process.cwd();
for (const folder of existsSync('src') ? ['.'] : globSync('{actions,tasks}/*/src').map(dirname).sort()) {
  // Both bundlers call modules after where they are run.
  process.chdir(resolve(here, folder));
  await bundled();
}

async function bundled(): Promise<void> {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
  const sources = readdirSync('src').filter((file) => !file.endsWith('.test.ts'));
  rmSync('dist', { recursive: true, force: true });
  rmSync('lib', { recursive: true, force: true });
  for (const entry of given.length > 0 ? given : sources.map((file) => file.replace('.ts', ''))) {
    const { script, modules } = await shaken(entry, version);
    const { code, assets } = await ncc(script, { cache: false, esm: false, quiet: true, target: 'es2022' });
    const page = Object.keys(assets).find((name) => name.endsWith('.html'));
    // ncc calls a page after its content; users see where it is.
    const named = (text: string) => (page ? text.replaceAll(page, 'page.html') : text);
    for (const [name, { source }] of Object.entries({ 'index.js': { source: code }, ...assets }))
      write(entry, named(name), name.endsWith('.js') ? await minified(name, named(String(source))) : source);
    write(entry, 'package.json', '{"type":"commonjs"}\n');
    write(entry, 'licenses.txt', licensesOf(modules));
  }
}

/** Writes what is used of an entry as ES modules. @returns the first of them, and the files that they are made of */
async function shaken(entry: string, version: string) {
  const input = join('src', `${entry}.ts`);
  const bundle = await rolldown({
    input: { index: input },
    platform: 'node',
    // What a library does as it loads is of no use here, whatever it says of itself.
    treeshake: {
      moduleSideEffects: [
        // It is nothing else.
        { test: /\/node_modules\/reflect-metadata\//, sideEffects: true },
        { test: /\/node_modules\//, sideEffects: false },
      ],
    },
    plugins: [libraryParts],
    experimental: { resolveNewUrlToAsset: true },
    // Node 20 has no declarations with `using`.
    transform: { target: 'es2022', define: { FEDBRIDGE_VERSION: JSON.stringify(version) } },
    resolve: { conditionNames: ['module', 'import', 'node'], mainFields: ['module', 'main'] },
    onLog(_level, { message }) {
      throw new Error(message);
    },
  });
  const dir = join('lib', entry);
  const names = { entryFileNames: '[name].js', chunkFileNames: '[name].js', assetFileNames: '[name][extname]' };
  // An entry waits at its top level, so ncc puts it into a function that is read twice: nothing else shall be in there.
  const apart = { name: 'loaded-first', tags: ['$initial' as const], test: (id: string) => id !== resolve(input) };
  const { output } = await bundle.write({ dir, format: 'esm', codeSplitting: { groups: [apart] }, ...names });
  const modules = output.flatMap((one) => (one.type === 'chunk' ? one.moduleIds : []));
  return { script: resolve(dir, 'index.js'), modules };
}

async function minified(name: string, script: string): Promise<string> {
  const compress = { target: 'es2022', keepNames };
  const { code, errors } = await minify(name, script, { compress, mangle: { toplevel: true, keepNames } });
  const [error] = errors;
  if (error) throw new Error(error.message);
  return code;
}

function write(entry: string, name: string, content: string | Buffer): void {
  mkdirSync(join('dist', entry), { recursive: true });
  writeFileSync(join('dist', entry, name), content);
}
