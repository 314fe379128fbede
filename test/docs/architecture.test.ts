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

  it('is a room, and a line in each of at most four files: GitLab', () => {
    const named = /['"](?:@fedbridge\/gitlab(?:\/[\w-]+)?|\.[\w./-]*\bgitlab[\w./-]*)['"]|\bname: 'gitlab'/;
    expect(standing.length).toBeGreaterThan(300);
    expect(standing.filter((path) => named.test(readFileSync(join(root, path), 'utf8'))).sort()).toEqual([
      'packages/cli/package.json',
      'packages/cli/src/platforms.ts',
      'packages/emulator/src/services.ts',
      'packages/trust/src/job-kinds.ts',
    ]);
  });
});

describe('steps', () => {
  it('ask what a host can, and never for its platform', () => {
    const sources = globSync('packages/steps/src/**/*.ts', { cwd: root }).filter((path) => !path.endsWith('.test.ts'));
    expect(sources.filter((path) => /platform\s*[!=]==/.test(readFileSync(join(root, path), 'utf8')))).toEqual([]);
  });
});
