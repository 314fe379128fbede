import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { brokenReferences } from './references.ts';

/** What is wrong with a repository of these files. */
function wrong(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'references-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return brokenReferences(root);
}
const source = (comment: string) => ({ 'packages/a/src/x.ts': `/** ${comment} */\nexport const made = 'CODE_MADE';` });

it.each([
  ['a code that nothing makes', 'Does it. @throws FedbridgeError `CODE_MADE` or `CODE_GONE`', 'CODE_GONE'],
  ['codes of which there are none', '@throws FedbridgeError `GONE_*`', 'GONE_'],
  ['a file that is not there', 'As packages/a/src/gone.ts has it.', 'packages/a/src/gone.ts'],
])('a docstring that names %s', (_what, comment, broken) => {
  expect(wrong(source(comment))).toEqual([`packages/a/src/x.ts: ${broken}`]);
});

it.each([
  ['a code that is made', '@throws FedbridgeError `CODE_MADE`'],
  ['codes of which there are some', '@throws FedbridgeError `CODE_*`'],
  ['a file that is there', 'As packages/a/src/x.ts has it.'],
])('%s is no fault', (_what, comment) => expect(wrong(source(comment))).toEqual([]));

it('a page that names what is not there', () => {
  const page = '`packages/a/src/x.ts`, `packages/gone`, `scripts/gone.ts`, `packages/steps/src/audience-list.ts`';
  expect(wrong({ ...source(''), 'README.md': page })).toEqual([
    ...['README.md: packages/gone', 'README.md: scripts/gone.ts'],
  ]);
});
