/**
 * Bundles a library that others build upon: ES modules in dist/index.js, readable and with the licences of what is inside, and its types
 * in one file, dist/index.d.ts, which name no package of this workspace. Run in the package's folder.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { libraryParts } from './library-parts.ts';
import { licensesOf } from './licenses.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
const common = { input: { index: 'src/index.ts' }, platform: 'node', external: isBuiltin } as const;
const resolve = { conditionNames: ['module', 'import', 'node'], mainFields: ['module', 'main'] };
rmSync('dist', { recursive: true, force: true });

const script = await rolldown({
  ...common,
  resolve,
  treeshake: { moduleSideEffects: [{ test: /\/node_modules\//, sideEffects: false }] },
  plugins: [libraryParts],
  transform: { define: { FEDBRIDGE_VERSION: JSON.stringify(version) } },
});
const { output } = await script.write({ dir: 'dist', format: 'esm', chunkFileNames: '[name].js' });
const modules = output.flatMap((one) => (one.type === 'chunk' ? one.moduleIds : []));
writeFileSync('dist/licenses.txt', licensesOf(modules));

const types = await rolldown({ ...common, plugins: [dts({ dtsOnly: true, tsconfig: 'tsconfig.types.json' })] });
await types.write({ dir: 'dist', format: 'esm' });
