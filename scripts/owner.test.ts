import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Owner, readOwner, withOwner } from './owner.ts';

const root = join(import.meta.dirname, '..');
const git = (args: readonly string[], cwd: string) => execFileSync('git', args, { cwd, encoding: 'utf8' });
const commit = 'a'.repeat(40);
const before: Owner = { owner: 'OWNER', publisher: 'fedbridge', release: { version: '1.0.0', commit: '0'.repeat(40) } };
const now: Owner = { owner: 'octo-org', publisher: 'octo', release: { version: '1.2.3', commit } };
const pinned = `octo-org/fedbridge/actions/id-token@${commit} # v1.2.3`;

describe('a text with another owner', () => {
  it.each([
    ['uses: OWNER/fedbridge/actions/id-token@v1', `uses: ${pinned}`],
    ['uses: OWNER/fedbridge/actions/id-token@main', `uses: ${pinned}`],
    [`uses: OWNER/fedbridge/actions/id-token@${'0'.repeat(40)} # v1.0.0\n`, `uses: ${pinned}\n`],
    ['`uses: OWNER/fedbridge/actions/id-token@v1`. Azure', `\`uses: ${pinned}\`. Azure`],
    ['https://github.com/OWNER/fedbridge#readme', 'https://github.com/octo-org/fedbridge#readme'],
    ['git+https://github.com/OWNER/fedbridge.git', 'git+https://github.com/octo-org/fedbridge.git'],
    ['gh attestation verify x --repo OWNER/fedbridge', 'gh attestation verify x --repo octo-org/fedbridge'],
    [
      '- repo: https://github.com/OWNER/fedbridge\n  rev: v1.0.0',
      '- repo: https://github.com/octo-org/fedbridge\n  rev: v1.2.3',
    ],
    ['"publisher": "fedbridge",', '"publisher": "octo",'],
    ['/gallery/publishers/fedbridge/extensions/fedbridge?', '/gallery/publishers/octo/extensions/fedbridge?'],
    ['items?itemName=fedbridge.fedbridge', 'items?itemName=octo.fedbridge'],
  ])('%s', (text, wanted) => {
    expect(withOwner(text, before, now)).toBe(wanted);
    expect(withOwner(wanted, now, now)).toBe(wanted);
  });

  it.each([
    'MY-OWNER/fedbridge',
    'https://example.com/OWNER/fedbridge',
    'OWNER/fedbridge-agent',
    'uses: actions/checkout@v7',
    'someone/fedbridge/actions/id-token@v1',
    'GITHUB_REPOSITORY_OWNER',
  ])('%s is of others', (text) => expect(withOwner(text, before, now)).toBe(text));
});

describe('pnpm set-owner, on a copy', () => {
  const copy = mkdtempSync(join(tmpdir(), 'owner-'));
  const files = git(['ls-files', '-z', '--cached', '--others', '--exclude-standard'], root)
    .split('\0')
    .filter(
      (path) =>
        path !== '' && !/(^|\/)dist\/|^test\/(answers|documents|schemas)\//.test(path) && isFile(join(root, path)),
    );
  for (const path of files) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path));
  }
  git(['init', '--quiet'], copy);
  git(['add', '--all'], copy);
  const setOwner = (...args: string[]) =>
    execFileSync(process.execPath, [join(copy, 'scripts/set-owner.ts'), ...args], { encoding: 'utf8', stdio: 'pipe' })
      .split('\n')
      .filter(Boolean);
  const own = readOwner(root);
  // What is generated may be older than it; `pnpm check` tells.
  setOwner();
  git(['add', '--all'], copy);
  const texts = () => files.map((path) => readFileSync(join(copy, path), 'utf8')).join('\n');

  it('changes every place, once; and all of them back', () => {
    const changed = setOwner('acme-corp', '--publisher', 'acme', '--release', '2.3.4', '--commit', commit);
    expect(changed).toEqual(
      expect.arrayContaining([
        'README.md',
        'azure-pipelines.yml',
        'owner.json',
        '.github/workflows/release.yml',
        'docs/reference/id-token.md',
        'packages/cli/package.json',
        'packages/cli/README.md',
        'tasks/vss-extension.json',
      ]),
    );
    expect(setOwner('acme-corp')).toEqual([]);
    const left = texts()
      .split('\n')
      .filter(
        (line) => new RegExp(`(?<![\\w-])${own.owner}/fedbridge(?![\\w-])`).test(line) && !line.includes('readOwner'),
      );
    expect(left.filter((line) => !readFileSync(join(root, 'scripts/owner.test.ts'), 'utf8').includes(line))).toEqual(
      [],
    );
    expect(texts()).toContain(`uses: acme-corp/fedbridge/actions/aws-credentials@${commit} # v2.3.4`);
    expect(JSON.parse(readFileSync(join(copy, 'tasks/vss-extension.json'), 'utf8')).publisher).toBe('acme');
    const { version, commit: first } = own.release;
    expect(setOwner(own.owner, '--publisher', own.publisher, '--release', version, '--commit', first).sort()).toEqual(
      changed.sort(),
    );
    expect(git(['diff', '--stat'], copy)).toBe('');
  });

  it.each([
    ['of two', ['acme', 'corp']],
    ['that GitHub does not have', ['acme/corp']],
    ['with a commit that is none', ['acme', '--commit', 'main']],
  ])('denies an owner %s, and changes nothing', (_title, args) => {
    expect(() => setOwner(...args)).toThrow();
    expect(git(['diff', '--stat'], copy)).toBe('');
  });
});

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
