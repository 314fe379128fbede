import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');

/** The file that an import names, by the packages' own lists of what they export. */
function fileOf(name: string, importer: string): string {
  if (name.startsWith('.')) return resolve(importer, '..', name);
  const [, folder = '', part = ''] = /^@fedbridge\/([\w-]+)(\/[\w-]+)?$/.exec(name) ?? [];
  const { exports } = JSON.parse(readFileSync(`${root}/packages/${folder}/package.json`, 'utf8'));
  return resolve(root, 'packages', folder, exports[`.${part}`]);
}

/** What a module imports, types left out, with all that these import. */
function importedBy(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const source = readFileSync(file, 'utf8');
  for (const [, names = '', from = ''] of source.matchAll(/^(?:import|export)\s+([^;']*?)\s*from '([^']+)';/gm)) {
    const isType = names.startsWith('type ') || /^\{(\s*type [^,}]+,?)+\s*\}$/.test(names);
    if (isType) continue;
    if (/^node:|^[a-z]/.test(from)) found.add(from);
    else importedBy(fileOf(from, file), found);
  }
  return found;
}

it('all of it runs in a browser: nothing that it stands on is of Node', () => {
  const all = [...importedBy(resolve(import.meta.dirname, 'index.ts'))];
  expect(all.length).toBeGreaterThan(100);
  expect(all.filter((one) => !one.startsWith(root))).toEqual([]);
});
