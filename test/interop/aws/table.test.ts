import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../harness/process.ts';
import { withTables } from './table.ts';

it('docs/interop.md has a row for every client, with a word for every delivery', async () => {
  const page = join(root, 'docs/interop.md');
  await expect(withTables(readFileSync(page, 'utf8'))).toMatchFileSnapshot(page);
});
