import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { realSystem } from '@fedbridge/core';
import { expect, it } from 'vitest';
import { parseProfileName } from './profile-name.ts';
import { sharedText } from './shared-files.ts';
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

it('what cannot be taken back of one file is told, and the other is as it was', async () => {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  const [credentials, config] = ['credentials', 'config'].map((name) => join(home, name)) as [string, string];
  const environment = { HOME: home, AWS_SHARED_CREDENTIALS_FILE: credentials, AWS_CONFIG_FILE: config };
  const system = realSystem(environment);
  await writeProfiles(profiles, true, system, { name: a, keep() {} });
  expect(await sharedText(config)).toContain('[profile ci]');
  rmSync(credentials);
  mkdirSync(credentials);
  await expect(removeSectionsOf(a, system)).rejects.toMatchObject({
    code: 'DELIVERY_FAILED',
    message: expect.stringContaining(credentials),
  });
  expect(await sharedText(config)).not.toContain(a);
});

it('a file of no profiles has no text', async () => {
  expect(await sharedText(devNull)).toBe('');
});
