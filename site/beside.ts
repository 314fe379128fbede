import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vitepress';
import { licensesOf } from '../scripts/licenses.ts';
import { root } from './navigation.ts';

/**
 * Pages are outside of this package, whose dependency Vue is: from here Node finds it when pages are rendered, and from there the bundler
 * would not.
 */
export const vueFromHere: Plugin = {
  name: 'vue-from-here',
  enforce: 'pre',
  resolveId: (id, _importer, { ssr }) => (ssr && /^vue(\/|$)/.test(id) ? { id, external: true } : null),
};

/** Puts the icon and the licences of what browsers are sent beside the pages. */
export const filesBeside: Plugin = {
  name: 'files-beside',
  applyToEnvironment: ({ name }) => name === 'client',
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap((one) => (one.type === 'chunk' ? one.moduleIds : []));
    const files = modules.filter((id) => !id.startsWith('\0')).map((id) => id.replace(/\?.*$/, ''));
    this.emitFile({ type: 'asset', fileName: 'licenses.txt', source: licensesOf(files) });
    this.emitFile({ type: 'asset', fileName: 'icon.png', source: readFileSync(join(root, 'tasks/icon-32.png')) });
  },
};
