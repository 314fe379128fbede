import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { profiles } from './profiles.ts';

const folder = join(import.meta.dirname, 'profiles');

describe('profiles', () => {
  it('are all in the list, each in a file of its name', () => {
    expect(readdirSync(folder).sort()).toEqual(profiles.map(({ name }) => `${name}.ts`).sort());
  });

  it.each(profiles)('$name is at most 40 lines of data', (profile) => {
    // Another process is handed it as JSON.
    expect(JSON.parse(JSON.stringify(profile))).toEqual(profile);
    const [, data = ''] =
      /: Profile = (\{[\s\S]*\n\});/.exec(readFileSync(join(folder, `${profile.name}.ts`), 'utf8')) ?? [];
    expect(data.split('\n').length).toBeGreaterThan(5);
    expect(data.split('\n').length).toBeLessThanOrEqual(40);
    expect(data).not.toMatch(/=>|\bfunction\b|\(\)/);
  });

  it.each(profiles)(
    '$name names no value that there is not',
    ({ takes, usual = {}, audience, who, exchange, renew, revoke, secrets, delivers }) => {
      const given = [...Object.keys(takes), ...Object.keys(usual), ...Object.keys(takes).map((name) => `${name}Host`)];
      const known = [
        ...given,
        'idToken',
        'token',
        'issuer',
        'subject',
        'audience',
        'secretPath',
        'credentialsFile',
        'idTokenSource',
      ];
      const requests = [
        ...exchange,
        ...(renew ? [renew] : []),
        ...(revoke ? [revoke] : []),
        ...(secrets ? [secrets] : []),
      ];
      // A hint names inputs.
      const texts = JSON.stringify([
        usual,
        audience,
        who,
        delivers,
        requests.map(({ denied, ...one }) => [one, denied?.document]),
      ]);
      const named = [...texts.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
      expect(named.filter((name) => !known.includes(name))).toEqual([]);
      const hints = requests.flatMap(({ denied }) =>
        [...(denied?.hint ?? '').matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
      );
      expect(hints.filter((name) => !Object.hasOwn(takes, name) && name !== 'audience')).toEqual([]);
    },
  );
});
