/**
 * Bundles packages/page into one HTML file, dist/page.html, which asks the network for nothing: its Content-Security-Policy allows the
 * script and the style in it, by their hashes, and workers made of the same script. The same sources give the same file.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { transform } from 'lightningcss';
import { rolldown } from 'rolldown';
import { type CompressOptions, type FormatOptions, minify } from 'terser';
import { libraryParts } from './library-parts.ts';
import { licensesOf } from './licenses.ts';

/** No getter does anything, and nothing is made by `new` of a method or an arrow. */
const compress = {
  passes: 2,
  ...{ pure_getters: true, unsafe_arrows: true, unsafe_methods: true, hoist_funs: true },
} satisfies CompressOptions;

/** No text ends the element before its end. */
const format = { inline_script: true } satisfies FormatOptions;

const folder = process.cwd();
const { script, modules } = await bundled(join(folder, 'src', 'main.tsx'));
const sheet = readFileSync(join(folder, 'src', 'style.css'));
const style = transform({ filename: 'style.css', code: sheet, minify: true }).code.toString();
const policy = [
  "default-src 'none'",
  "connect-src 'none'",
  `script-src ${hashOf(script)}`,
  `style-src ${hashOf(style)}`,
  'worker-src blob:',
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types fedbridge',
].join('; ');
// A replacement that is a function: what is put in has signs of its own.
const page = readFileSync(join(folder, 'src', 'page.html'), 'utf8')
  .replace('{policy}', () => policy)
  .replace('/* style */', () => style)
  .replace('<!-- licenses -->', () => `<!--\n${licensesOf(modules).replaceAll('--', '- -')}\n-->`)
  .replace('/* script */', () => script);
mkdirSync(join(folder, 'dist'), { recursive: true });
writeFileSync(join(folder, 'dist', 'page.html'), page);

async function bundled(entry: string) {
  const bundle = await rolldown({
    input: entry,
    platform: 'browser',
    treeshake: { moduleSideEffects: false },
    transform: { target: 'es2022' },
    tsconfig: true,
    external: isBuiltin,
    plugins: [libraryParts],
    onLog(_level, { message }) {
      throw new Error(message);
    },
    resolve: { conditionNames: ['module', 'import', 'browser'], mainFields: ['module', 'main'] },
  });
  const { output } = await bundle.generate({ format: 'iife', codeSplitting: false, minify: true });
  const [{ code, imports, moduleIds }] = output;
  // Both make less than one: the page must stay small. Names are as short as they get, and a third pass adds more than it takes.
  const small = await minify(code, { ecma: 2020, toplevel: true, compress, mangle: false, format });
  if (imports.length > 0) throw new Error(`The page would need ${imports.join(', ')}.`);
  const script = (small.code ?? '').trim();
  const ending = ['<!--', '</script'].find((text) => script.toLowerCase().includes(text));
  if (ending) throw new Error(`The page's script has ${ending} in it, which HTML may take for its end.`);
  return { script, modules: moduleIds };
}

/** Source: W3C, Content Security Policy Level 3, 2.3.1. */
function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
