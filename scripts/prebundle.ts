/**
 * Bundles compiled entries of a package with what they import from elsewhere, in their place, with the licences of that beside
 * them. It reads the ES modules of packages, so that nothing comes along that is not used; modules that are named with
 * --without=a,b are left out, empty, where CommonJS would bring them whether they are used or not. With --lazy-crypto
 * node:crypto and the global `crypto` load when they are used, since they take a fifth of the time that Node takes to start. With
 * --memory-vault the agent's library keeps a process's secrets in its memory alone: its own vault writes the key of what it keeps there
 * to the job's temp folder, for all to read, and ends a task without a word where that cannot be written. --default=NAME=value gives a
 * variable of the process to what reads it as it loads.
 */
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';
import { licensesOf } from './licenses.ts';

const { values, positionals } = parseArgs({
  options: {
    without: { type: 'string' },
    'lazy-crypto': { type: 'boolean' },
    'memory-vault': { type: 'boolean' },
    default: { type: 'string' },
  },
  allowPositionals: true,
});
const [variable, value] = values.default?.split('=') ?? [];
const intro = variable ? `process.env.${variable} ??= ${JSON.stringify(value)};` : '';
const without = new Set(values.without?.split(','));
const empty = '\0empty';
const lazyCrypto = '\0crypto';
const memoryVault = '\0vault';
/** Modules that others take the place of. */
const replaced = new Map([
  ...[...without].map((id) => [id, empty] as const),
  ...(values['lazy-crypto'] ? ['crypto', 'node:crypto'] : []).map((id) => [id, lazyCrypto] as const),
  ...(values['memory-vault'] ? [['./vault', memoryVault] as const] : []),
]);
/** What the libraries name; the bundler tells of one that is missing. */
const cryptoFunctions = [
  ...['createCipheriv', 'createHash', 'createHmac', 'createPrivateKey', 'createPublicKey'],
  ...['getRandomValues', 'randomBytes', 'randomUUID', 'sign'],
];
const modules: Readonly<Record<string, string>> = {
  [empty]: 'module.exports = {};',
  [lazyCrypto]: `import { createRequire } from 'node:module';
    const load = createRequire(import.meta.url);
    const lazy = (name) => (...args) => load('node:crypto')[name](...args);
    ${cryptoFunctions.map((name) => `export const ${name} = lazy('${name}');`).join('\n')}`,
  [memoryVault]: `exports.Vault = class {
    #store = new Map();
    initialize() {}
    storeSecret(name, data) {
      if (!name) return false;
      if (!data) this.#store.delete(name.toLowerCase());
      else this.#store.set(name.toLowerCase(), data);
      return Boolean(data);
    }
    retrieveSecret(name) {
      return this.#store.get((name || '').toLowerCase());
    }
  };`,
};

for (const entry of positionals) {
  const bundle = await rolldown({
    input: entry,
    platform: 'node',
    treeshake: { moduleSideEffects: false },
    plugins: [
      {
        name: 'without',
        resolveId: (id) => replaced.get(id),
        load: (id) => modules[id],
      },
    ],
    transform: { inject: values['lazy-crypto'] ? { crypto: ['node:crypto', '*'] } : {} },
    resolve: { conditionNames: ['module', 'import', 'node'], mainFields: ['module', 'main'] },
  });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false, intro });
  const [chunk] = output;
  const file = relative(join(import.meta.dirname, '..'), `${join(process.cwd(), entry)}.licenses.txt`);
  writeFileSync(`${entry}.licenses.txt`, licensesOf(chunk.moduleIds));
  // The final bundle finds them by this line.
  writeFileSync(entry, `/*! licenses: ${file} */\n${chunk.code}`);
}
