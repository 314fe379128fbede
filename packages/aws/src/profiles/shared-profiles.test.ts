import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realSystem } from '@fedbridge/core';
import { expect, it } from 'vitest';
import { parseProfileName } from './profile-name.ts';
import { removeSectionsOf, writeProfiles } from './shared-profiles.ts';

const secrets = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };
const [a, b] = ['a'.repeat(20), 'b'.repeat(20)];

/** What each writes: a profile of the user's own, and one that is new. */
const profiles = ['corp', 'ci'].map((name) => ({
  name: parseProfileName(name),
  source: { secrets },
  region: 'eu-west-1',
}));

it.each([
  { first: a, second: b },
  { first: b, second: a },
])('what a writer has written goes by its name alone, in any order: first $first', async ({ first, second }) => {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  mkdirSync(join(home, '.aws'));
  const files = ['credentials', 'config'].map((name) => join(home, '.aws', name));
  const before = Buffer.from('# gr\xfc\xdfe\r\n[corp]\r\naws_access_key_id = AKIACORP', 'latin1');
  for (const file of files) writeFileSync(file, before);
  const system = realSystem({ HOME: home });
  for (const name of [a, b]) await writeProfiles(profiles, true, system, { name, keep() {} });
  const texts = () => files.map((file) => readFileSync(file, 'latin1'));
  await removeSectionsOf(first, system);
  for (const text of texts()) expect([text.includes(first), text.includes(second)]).toEqual([false, true]);
  await removeSectionsOf(second, system);
  expect(texts()).toEqual(files.map(() => before.toString('latin1')));
});
