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

describe('steps', () => {
  it('ask what a host can, and never for its platform', () => {
    const sources = globSync('packages/steps/src/**/*.ts', { cwd: root }).filter((path) => !path.endsWith('.test.ts'));
    expect(sources.filter((path) => /platform\s*[!=]==/.test(readFileSync(join(root, path), 'utf8')))).toEqual([]);
  });
});
