import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../harness/process.ts';

describe.each(['docs/architecture.md', 'CONTRIBUTING.md'])('%s', (page) => {
  const named =
    readFileSync(join(root, page), 'utf8').match(/\b(?:packages|actions|tasks|test|scripts)\/[\w./-]*\w/g) ?? [];
  // What the page on adding a step has a reader make.
  const all = [...new Set(named)].filter((path) => !/audience-list|AudienceList|\/dist\b/.test(path));

  it.each(all)('names what is there: %s', (path) => expect(existsSync(join(root, path))).toBe(true));
});

describe('a further platform', () => {
  const rooms = ['packages/gitlab', 'packages/emulator/src/gitlab', 'packages/trust/src/job-kinds/gitlab'];
  /** Files that were there before: neither in a room of it, nor its tests. What is known of its issuer was there before, too. */
  const standing = globSync(['packages/*/src/**/*.{ts,tsx}', '{packages,actions,tasks}/*/package.json'], {
    cwd: root,
    exclude: ['**/node_modules/**', '**/*.test.ts', '**/*.corpus.ts', 'packages/issuers/**'],
  }).filter((path) => !rooms.some((room) => path.startsWith(room)));

  it('is a room, and a line in each of four files: GitLab', () => {
    const named = /['"](?:@fedbridge\/gitlab(?:\/[\w-]+)?|\.[\w./-]*\bgitlab[\w./-]*)['"]|\bname: 'gitlab'/;
    expect(standing.length).toBeGreaterThan(300);
    expect(standing.filter((path) => named.test(readFileSync(join(root, path), 'utf8'))).sort()).toEqual([
      'packages/emulator/src/services.ts',
      'packages/platforms/package.json',
      'packages/platforms/src/index.ts',
      'packages/trust/src/job-kinds.ts',
    ]);
  });

  it('is in no member, text or variable of the command: GitLab', () => {
    const named = /\bgit-?lab\w*['"]?\s*[:(]|['"]git-?lab['"]|\.git-?lab\b|\bGITLAB_/i;
    const command = standing.filter((path) => /^packages\/(cli|step|steps)\//.test(path));
    expect(command.length).toBeGreaterThan(150);
    expect(command.filter((path) => named.test(withoutComments(readFileSync(join(root, path), 'utf8'))))).toEqual([]);
  });
});

const withoutComments = (text: string) => text.replace(/\/\*\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

describe('the token exchange', () => {
  // What the emulator has for it is its relying parties', below.
  const rooms =
    /^packages\/(emulator|exchange|steps\/src\/token-exchange)\b|^(actions|tasks)\/\w*[Tt]oken-?[Ee]xchange\b/;
  const standing = globSync(['packages/*/src/**/*.ts', '{packages,actions,tasks}/*/package.json', 'tasks/*.json'], {
    cwd: root,
    exclude: ['**/node_modules/**', '**/*.test.ts'],
  });
  const naming = (names: RegExp, files: readonly string[]) =>
    files.filter((path) => names.test(readFileSync(join(root, path), 'utf8'))).sort();

  it('is a step in a room of its own, and a line in each of four files', () => {
    const names = /['"](?:@fedbridge\/exchange[\w/-]*|\.\/token-exchange[\w./-]*|FedbridgeTokenExchange)['"]/;
    expect(
      naming(
        names,
        standing.filter((path) => !rooms.test(path)),
      ),
    ).toEqual([
      'packages/steps/package.json',
      'packages/steps/src/clean-up.ts',
      'packages/steps/src/index.ts',
      'tasks/vss-extension.json',
    ]);
  });

  it.each([
    { profile: 'google', folder: 'google' },
    { profile: 'vault', folder: 'vault' },
    { profile: 'rfc8693', folder: 'oauth' },
    { profile: 'octo-sts', folder: 'octo-sts' },
  ])(
    'has $profile as a profile, its inputs and its stand-in, and a line in each of three files',
    ({ profile, folder }) => {
      const own = [`profiles/${profile}.ts`, `token-exchange/${profile}-inputs.ts`, `emulator/src/${folder}/`];
      const names = new RegExp(`'\\./(?:profiles/${profile}|${profile}-inputs|${folder}/[\\w-]+)\\.ts'`);
      const others = standing.filter((path) => !own.some((one) => path.includes(one)));
      expect(naming(names, others)).toEqual([
        'packages/emulator/src/token-services.ts',
        'packages/exchange/src/profiles.ts',
        'packages/steps/src/token-exchange/inputs.ts',
      ]);
    },
  );
});

describe('steps and commands', () => {
  const sources = globSync('packages/{steps,cli}/src/**/*.ts', {
    cwd: root,
    exclude: ['**/node_modules/**', '**/*.test.ts', '**/*.model.ts'],
  });

  const platform = "('(github|azure-?[pP]ipelines|gitlab)'|gitHubActions|azurePipelines|gitLabCi)";
  it.each([
    ['a host what it can, and never for its platform', new RegExp(`[!=]==\\s*${platform}`)],
    [
      'an identity what it can, and never what kind it is',
      /\bkind\s*[!=]==\s*'(kubernetes|managed-identity|aws)'|'\w+' in (source|plan|identity)\b|\bplan\.source\b/,
    ],
  ])('ask %s', (_what, asking) => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.filter((path) => asking.test(readFileSync(join(root, path), 'utf8')))).toEqual([]);
  });
});
