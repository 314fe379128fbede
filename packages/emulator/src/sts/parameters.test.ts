import { expect, it } from 'vitest';
import { checkSessionPolicy, durationOf } from './parameters.ts';

// Source: AWS STS API Reference, `AssumeRole`, Policy and DurationSeconds.
it('a session policy is one where it is left out, or has a statement and is not too long', () => {
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [] });
  for (const good of [null, policy, policy.padEnd(2048)]) expect(() => checkSessionPolicy(good)).not.toThrow();
  expect(() => checkSessionPolicy(policy.padEnd(2049))).toThrow('too large');
  for (const bad of ['', '{', '{}', '{"Statement": "Allow"}'])
    expect(() => checkSessionPolicy(bad)).toThrow('invalid Json');
});

it.each([
  [undefined, 3600],
  ['900', 900],
  ['43200', 43_200],
])('a session of %s seconds lives for %s', (given, seconds) =>
  expect(durationOf(new URLSearchParams(given === undefined ? {} : { DurationSeconds: given }))).toBe(seconds),
);

it.each(['899', '43201', '', '-900', '1e3', 'an hour'])('a session of "%s" seconds is none', (text) =>
  expect(() => durationOf(new URLSearchParams({ DurationSeconds: text }))).toThrow(/validation error/),
);
