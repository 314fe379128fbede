import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { root } from '../harness/process.ts';

it.each(['actions/aws-credentials', 'tasks/FedbridgeEntraToken'])(
  '%s: the bundle built once more is byte for byte the one that is committed, licences beside it',
  (wrapper) => {
    // Beside the original: chunks are named after the paths from here to their modules.
    const copy = mkdtempSync(join(root, wrapper, '..', '.rebuilt-'));
    onTestFinished(() => rmSync(copy, { recursive: true }));
    cpSync(join(root, wrapper, 'lib'), join(copy, 'lib'), { recursive: true });
    cpSync(join(root, wrapper, 'package.json'), join(copy, 'package.json'));
    symlinkSync(realpathSync(join(root, wrapper, 'node_modules')), join(copy, 'node_modules'));
    execFileSync(process.execPath, [join(root, 'scripts', 'bundle.ts')], { cwd: copy, stdio: 'pipe' });
    const files = (folder: string) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length));
    const committed = join(root, wrapper, 'dist');
    expect(files(join(copy, 'dist')).sort()).toEqual(files(committed).sort());
    for (const file of files(committed)) {
      expect(readFileSync(join(copy, 'dist', file)).equals(readFileSync(join(committed, file))), file).toBe(true);
    }
    expect(files(committed)).toEqual(expect.arrayContaining(['/main/licenses.txt', '/post/licenses.txt']));
  },
  60_000,
);
