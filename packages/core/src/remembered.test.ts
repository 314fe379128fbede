import { expect, it } from 'vitest';
import { remembered } from './remembered.ts';

function counted() {
  const asked: string[] = [];
  const of = remembered((text) => {
    asked.push(text);
    return text === '' ? undefined : { text };
  });
  return { of, asked };
}

it('what was asked before is the same again, also where it was nothing', () => {
  const { of, asked } = counted();
  expect(of('a')).toBe(of('a'));
  expect([of(''), of('')]).toEqual([undefined, undefined]);
  expect(asked).toEqual(['a', '']);
});

it('no more is remembered than five hundred, and nothing that is long', () => {
  const { of, asked } = counted();
  const long = 'x'.repeat(501);
  of(long);
  of(long);
  expect(asked).toHaveLength(2);
  for (let one = 0; one < 500; one += 1) of(String(one));
  const before = asked.length;
  of('0');
  expect(asked).toHaveLength(before);
  of('the next');
  of('0');
  expect(asked).toHaveLength(before + 1);
  // The one that was asked for the longest time ago.
  of('1');
  expect(asked).toHaveLength(before + 2);
});
