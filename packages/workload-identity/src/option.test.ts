import { invalid } from '@fedbridge/core';
import { expect, it } from 'vitest';
import { option } from './option.ts';

it('names the option that is wrong', () => {
  const parse = () => {
    throw invalid('expected a GUID.');
  };
  expect(() => option('clientId', 'x', parse)).toThrow('Option "clientId": expected a GUID.');
});
