import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vitest/config';
import { root } from './process.ts';

/**
 * For `pnpm test --changed`: a test depends on the sources that its head names too, and on those of the bundles that are started for it,
 * which the head of the module that starts them names.
 */
export function toldSources(): Plugin {
  return {
    name: 'told-sources',
    enforce: 'pre',
    transform(code, id) {
      if (!id.startsWith(join(root, 'test')) || !id.endsWith('.ts')) return undefined;
      const [head = ''] = /^\s*\/\*\*[\s\S]*?\*\//.exec(code) ?? [];
      const told = head.match(/\b(?:packages|actions|tasks)\/[\w.<>/-]+\.tsx?/g) ?? [];
      const imports = globSync(
        told.map((path) => path.replace('<name>', '*')),
        { cwd: root },
      ).map((path) => `import(${JSON.stringify(join(root, path))})`);
      // Never called: that it is there is what counts.
      return imports.length === 0 ? undefined : `${code}\n() => [${imports.join()}];\n`;
    },
  };
}
