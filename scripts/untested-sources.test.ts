import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { untestedSources } from './untested-sources.ts';

/** What is wrong with a repository of these files. */
function wrong(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'untested-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return untestedSources(root);
}
const source = 'export function one() {}\nexport const two = () => {};';
const untested = ['packages/a/src/x.ts: no test names it'];

it.each<[string, Record<string, string>]>([
  ['no test at all', {}],
  ['a test of another', { 'packages/a/src/y.test.ts': `import { y } from './y.ts';` }],
  ['types that a test imports', { 'test/e2e/x.test.ts': `import { type one } from '../../packages/a/src/x.ts';` }],
  ["another package's export of the same name", { 'test/e2e/x.test.ts': `import { one } from '@fedbridge/b';` }],
  ['a comment in the middle', { 'test/e2e/x.test.ts': `import y from 'y';\n/** packages/a/src/x.ts */` }],
  ['what is no test', { 'test/harness/x.ts': `import { one } from '@fedbridge/a';` }],
])('a source with logic is not tested by %s', (_what, files) => {
  expect(wrong({ 'packages/a/src/x.ts': source, ...files })).toEqual(untested);
});

it.each<[string, Record<string, string>]>([
  ['a test of its name', { 'packages/a/src/x.test.ts': '' }],
  ['a test that imports it', { 'packages/b/src/y.test.ts': `import { one } from '../../a/src/x.ts';` }],
  ['a test that imports what it exports', { 'test/e2e/x.test.ts': `import { two as four } from '@fedbridge/a/part';` }],
  [
    'a test that names it in its head',
    { 'test/e2e/x.test.ts': `/**\n * Tests packages/a/src/x.ts.\n */\nimport 'y';` },
  ],
])('a source is tested by %s', (_what, files) => {
  expect(wrong({ 'packages/a/src/x.ts': source, ...files })).toEqual([]);
});

it.each([
  ['data', 'export const list = [1, 2];'],
  ['types', 'export interface X { run(): void; readonly call: () => void }'],
  ['exports of others', `export { one } from './y.ts';`],
])('%s need no test', (_what, text) => expect(wrong({ 'packages/a/src/x.ts': text })).toEqual([]));

it('a head that names what is not there is wrong', () => {
  expect(wrong({ 'test/e2e/x.test.ts': '/** Tests packages/a/src/gone.ts. */' })).toEqual([
    'test/e2e/x.test.ts: names packages/a/src/gone.ts, which is not there',
  ]);
});
