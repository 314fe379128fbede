import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { profiles } from './profiles.ts';

const folder = join(import.meta.dirname, 'profiles');

describe('profiles', () => {
  it('are all in the list, each in a file of its name', () => {
    expect(readdirSync(folder).sort()).toEqual(profiles.map(({ name }) => `${name}.ts`).sort());
  });

  it.each(profiles)('$name is at most 40 lines of data, and so is what its clients find', (profile) => {
    // Another process is handed it as JSON.
    expect(JSON.parse(JSON.stringify(profile))).toEqual(profile);
    const text = readFileSync(join(folder, `${profile.name}.ts`), 'utf8');
    const objects = [...text.matchAll(/: (?:Profile|Delivery) = (\{[\s\S]*?\n\});/g)].map(([, data = '']) => data);
    expect(objects.length).toBeGreaterThan(0);
    for (const data of objects) {
      expect(data.split('\n').length).toBeLessThanOrEqual(40);
      expect(data).not.toMatch(/=>|\bfunction\b|\(\)/);
    }
  });
});
