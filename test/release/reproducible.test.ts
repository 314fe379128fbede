import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root } from '../harness/process.ts';

const wrappers = ['actions', 'tasks'].flatMap((kind) =>
  readdirSync(join(root, kind), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => `${kind}/${name}`),
);
const git = (args: readonly string[], input = '', index?: string) =>
  execFileSync('git', args, {
    cwd: root,
    input,
    encoding: 'utf8',
    env: { ...process.env, ...(index ? { GIT_INDEX_FILE: index } : {}) },
  });

/** Mode and hash of each file, by its path below `dist`. */
type Files = Readonly<Record<string, string>>;

/** What a commit has, or would have with what is staged. */
function committed(wrapper: string, index?: string): Files {
  const entries = git(['ls-files', '--stage', '-z', '--', `${wrapper}/dist`], '', index)
    .split('\0')
    .filter(Boolean);
  return Object.fromEntries(
    entries.map((entry) => {
      const [, mode = '', hash = '', path = ''] = /^(\d+) ([\da-f]+) 0\t(.+)$/s.exec(entry) ?? [];
      return [path.slice(`${wrapper}/dist/`.length), `${mode} ${hash}`];
    }),
  );
}

function built(dist: string): Files {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  const hashes = git(['hash-object', '--no-filters', '--stdin-paths'], paths.join('\n')).trim().split('\n');
  // A bundle is a regular file that nothing executes.
  return Object.fromEntries(paths.map((path, at) => [path.slice(dist.length + 1), `100644 ${hashes[at]}`]));
}

// `pnpm test` has built them just now. After a change of sources: git add actions/*/dist tasks/*/dist
it.each(wrappers)(
  '%s: the bundles that are committed are those that the sources give, to the byte, and no others',
  (wrapper) => {
    const files = committed(wrapper);
    expect(files).toEqual(built(join(root, wrapper, 'dist')));
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['main/licenses.txt', 'post/licenses.txt']));
  },
);

// All of them are built as one, in scripts/: what that depends on, or has among its inputs, is what turbo looks at for changes.
it.each(wrappers)('%s is built again when anything changes that it is made of', (wrapper) => {
  interface Manifest {
    readonly name: string;
    readonly dependencies?: object;
    readonly devDependencies?: object;
  }
  const manifestOf = (folder: string): Manifest =>
    JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
  const packages = readdirSync(join(root, 'packages')).map((name) => manifestOf(`packages/${name}`));
  const dependenciesOf = ({ dependencies, devDependencies }: Manifest) =>
    packages.filter(({ name }) => name in { ...dependencies, ...devDependencies });
  const watched = new Set(dependenciesOf(manifestOf('scripts')));
  for (const one of watched) for (const dependency of dependenciesOf(one)) watched.add(dependency);
  const inputs = [
    ...readFileSync(join(root, 'turbo.json'), 'utf8').matchAll(/"\$TURBO_ROOT\$\/(packages\/\w+)\/src\/\*\*"/g),
  ];
  const names = [...watched].map(({ name }) => name).concat(inputs.map(([, folder = '']) => manifestOf(folder).name));
  expect(names).toEqual(expect.arrayContaining(dependenciesOf(manifestOf(wrapper)).map(({ name }) => name)));
});

describe('a commit with other bundles differs', () => {
  const [wrapper = ''] = wrappers;
  const dist = `${wrapper}/dist`;
  const blob = '1'.repeat(40);

  it.each([
    ['a file with other bytes', () => ['--cacheinfo', `100644,${blob},${dist}/main/index.js`]],
    ['a file more', () => ['--add', '--cacheinfo', `100644,${blob},${dist}/main/999.index.js`]],
    ['a file less', () => ['--force-remove', `${dist}/post/index.js`]],
    ['a file that can be executed', () => ['--chmod=+x', `${dist}/main/index.js`]],
    ['a link', () => ['--cacheinfo', `120000,${blob},${dist}/main/index.js`]],
  ])('%s', (_title, change) => {
    const index = join(mkdtempSync(join(tmpdir(), 'index-')), 'index');
    copyFileSync(resolve(root, git(['rev-parse', '--git-path', 'index']).trim()), index);
    git(['update-index', ...change()], '', index);
    expect(committed(wrapper, index)).not.toEqual(committed(wrapper));
  });
});

it.each(['actions/aws-credentials', 'tasks/FedbridgeEntraToken'])(
  '%s: the bundles built once more, somewhere else, are the same',
  (wrapper) => {
    const copy = mkdtempSync(join(root, wrapper, '..', '.rebuilt-'));
    onTestFinished(() => rmSync(copy, { recursive: true }));
    cpSync(join(root, wrapper, 'src'), join(copy, 'src'), { recursive: true });
    cpSync(join(root, wrapper, 'package.json'), join(copy, 'package.json'));
    symlinkSync(realpathSync(join(root, wrapper, 'node_modules')), join(copy, 'node_modules'));
    execFileSync(process.execPath, [join(root, 'scripts', 'bundle.ts')], { cwd: copy, stdio: 'pipe' });
    expect(built(join(copy, 'dist'))).toEqual(committed(wrapper));
  },
);

it('the page built once more, somewhere else, is the same, and names no folder of this machine', () => {
  const page = join(root, 'packages/page');
  // As deep, and not among the packages, which other tests go through meanwhile.
  mkdirSync(join(root, '.turbo'), { recursive: true });
  const copy = mkdtempSync(join(root, '.turbo', '.rebuilt-'));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  for (const part of ['src', 'package.json', 'tsconfig.json'])
    cpSync(join(page, part), join(copy, part), { recursive: true });
  symlinkSync(realpathSync(join(page, 'node_modules')), join(copy, 'node_modules'));
  execFileSync(process.execPath, [join(root, 'scripts', 'page.ts')], { cwd: copy, stdio: 'pipe' });
  const [once, again] = [page, copy].map((folder) => readFileSync(join(folder, 'dist/page.html'), 'utf8'));
  expect(again === once).toBe(true);
  expect(again?.includes(root)).toBe(false);
  for (const name of ['preact', 'yaml']) expect(again).toMatch(new RegExp(`^${name}\\n(MIT|ISC)$`, 'm'));
});
