import { expect, it } from 'vitest';
import type { Profile } from './profile.ts';
import { audienceOf, valuesOf, whoOf } from './values.ts';

const profile = {
  ...{ title: 'The service', audience: 'https://{host}' },
  usual: { host: 'example.com', url: 'https://{host}/v1' },
  who: ['{role} of {host}', 'somebody of {host}'],
} as unknown as Profile;

it('what was not given is the usual, which may be made of what was', () => {
  expect(valuesOf(profile, {})).toEqual({ host: 'example.com', url: 'https://example.com/v1' });
  expect(valuesOf(profile, { host: 'mine.example.com' })).toMatchObject({ url: 'https://mine.example.com/v1' });
});

it('whom the token is for, and who has it then, is as much as is known', () => {
  expect(audienceOf(profile, { host: 'h' })).toBe('https://h');
  expect(audienceOf({ ...profile, audience: undefined } as unknown as Profile, {})).toBeUndefined();
  expect(whoOf(profile, { host: 'h', role: 'deploy' })).toBe('deploy of h');
  expect(whoOf(profile, { host: 'h' })).toBe('somebody of h');
  expect(whoOf(profile, {})).toBe('The service');
});
