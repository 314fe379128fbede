import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('knows no cloud by name', () => {
  const sources = readdirSync(import.meta.dirname).filter((file) => !file.endsWith('.test.ts'));
  const named = sources.filter((file) =>
    /aws|amazon|entra|azure|google/i.test(readFileSync(join(import.meta.dirname, file), 'utf8')),
  );
  expect(named).toEqual([]);
});
