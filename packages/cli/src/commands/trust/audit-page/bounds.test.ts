import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bounded, leftOut } from './bounds.ts';

it('as much of several lists as there is room for, the first first, and as many lists as there were', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat())), fc.nat(20), (lists, most) => {
      const made = bounded(lists, most);
      expect(made).toHaveLength(lists.length);
      expect(made.flat()).toEqual(lists.flat().slice(0, most));
    }),
  );
});

it('what was left out is said, with where all of it is, and nothing where nothing was', () => {
  expect(leftOut(2, 'roles')).toBe('Left out: 2 roles. All of it is in what --json prints.');
  expect([leftOut(0, 'roles'), leftOut(-3, 'roles')]).toEqual(['', '']);
});
