import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bareEnvironment, npm, packageRuntimes, packed } from '../harness/packed.ts';
import { root } from '../harness/process.ts';

const emptyFolder = () => mkdtempSync(join(tmpdir(), 'installed-'));
const { version } = JSON.parse(readFileSync(join(root, 'packages/cli/package.json'), 'utf8'));
const readme = readFileSync(join(root, 'packages/cli/README.md'), 'utf8');
const [, install = '', commands = ''] = /```sh\n(.*?)```.*?```sh\n(.*?)```/s.exec(readme) ?? [];

describe('the command as a package of npm', () => {
  let tarball = '';
  beforeAll(() => {
    tarball = packed('cli');
  });

  it('holds the bundle, its page, its licences, and nothing of this workspace', () => {
    const folder = emptyFolder();
    execFileSync('tar', ['-xzf', tarball, '-C', folder]);
    const unpacked = join(folder, 'package');
    const files = readdirSync(unpacked, { recursive: true }).map(String);
    expect(files).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'dist/main/licenses.txt', 'dist/main/page.html']),
    );
    const other = /^(LICENSE|README\.md|package\.json|dist|dist\/main|dist\/main\/(\d+\.)?index\.js)$/;
    expect(files.filter((file) => !other.test(file)).sort()).toEqual([
      'dist/main/licenses.txt',
      'dist/main/package.json',
      'dist/main/page.html',
    ]);
    // A command is in a file of its own, so that no other waits for it.
    expect(statSync(join(unpacked, 'dist/main/index.js')).size).toBeLessThan(100_000);
    const text = readFileSync(join(unpacked, 'package.json'), 'utf8');
    expect(text).not.toMatch(/workspace:|catalog:|\/src\/|[dD]ependencies|"scripts"/);
    expect(JSON.parse(text)).toMatchObject({
      name: 'fedbridge',
      version,
      license: 'MIT',
      bin: { fedbridge: 'dist/main/index.js' },
      engines: { node: '>=20' },
      repository: { directory: 'packages/cli' },
      publishConfig: { access: 'public', provenance: true },
    });
  });

  it.each(packageRuntimes())('npm install --global and its README, on $name', ({ node }) => {
    const folder = emptyFolder();
    npm(node, ['install', '--global', '--prefix', folder, tarball], folder);
    const { PATH, ...others } = bareEnvironment(node, folder);
    const environment = { ...others, PATH: `${join(folder, 'bin')}:${PATH}` };
    const sh = (script: string) =>
      execFileSync('sh', ['-euc', script], { cwd: folder, env: environment, encoding: 'utf8' });
    expect(sh('fedbridge --version')).toBe(`${version}\n`);
    const printed = sh(commands);
    expect(printed).toContain('repo:octo/app:ref:refs/heads/main');
    const page = printed.trimEnd().split('\n').at(-1) ?? '';
    expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>/i);
    expect(readFileSync(join(folder, 'trust.tf'), 'utf8')).toContain('resource "aws_iam_role"');
  });

  it.each(packageRuntimes())('each file of it is read by $name', ({ node }) => {
    const folder = emptyFolder();
    execFileSync('tar', ['-xzf', tarball, '-C', folder]);
    const files = readdirSync(folder, { recursive: true }).map(String);
    const scripts = files.filter((file) => file.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(10);
    for (const script of scripts) execFileSync(node, ['--check', join(folder, script)]);
  });

  it.each(packageRuntimes())('npx, in an empty folder, on $name', ({ node }) => {
    const [, args = ''] = /^npx fedbridge (.*)$/m.exec(install) ?? [];
    const printed = npm(
      node,
      ['exec', '--yes', `--package=${tarball}`, '--', 'fedbridge', ...args.split(' ')],
      emptyFolder(),
    );
    expect(printed).toContain('repo:octo/app:environment:production');
  });
});
