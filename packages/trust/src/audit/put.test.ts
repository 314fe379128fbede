import { expect, it } from 'vitest';
import { put } from './put.ts';

it('begins a list, and goes on with it', () => {
  const lists = new Map<string, number[]>();
  for (const [key, one] of [
    ['a', 1],
    ['b', 2],
    ['a', 3],
  ] as const)
    put(lists, key, one);
  expect([...lists]).toEqual([
    ['a', [1, 3]],
    ['b', [2]],
  ]);
});
