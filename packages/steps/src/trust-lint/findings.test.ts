import { expect, it } from 'vitest';
import { countsOf } from './findings.ts';

it('findings are counted by severity, and none is a number too', () => {
  expect(countsOf([{ severity: 'note' }, { severity: 'error' }, { severity: 'note' }])).toEqual({
    error: 1,
    warning: 0,
    note: 2,
  });
});
