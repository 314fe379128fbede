import { FedbridgeError, invalid } from '@fedbridge/core';
import { expect, it } from 'vitest';
import { option, withOptionNames } from './option.ts';

it('names the option that is wrong', () => {
  const parse = () => {
    throw invalid('expected a GUID.');
  };
  expect(() => option('clientId', 'x', parse)).toThrow('Option "clientId": expected a GUID.');
});

it('names options in what is to be done', async () => {
  const denied = new FedbridgeError('EXCHANGE_REFUSED', 'Denied.', {
    hint: 'See {roleToAssume}, {environment} and {roleDurationSeconds}.',
  });
  await expect(withOptionNames(Promise.reject(denied))).rejects.toMatchObject({
    code: 'EXCHANGE_REFUSED',
    detail: { hint: 'See roleToAssume, cloud and durationSeconds.' },
  });
  const other = new TypeError('x');
  await expect(withOptionNames(Promise.reject(other))).rejects.toBe(other);
  expect(await withOptionNames(Promise.resolve(1))).toBe(1);
});
