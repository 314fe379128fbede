import { expect, it } from 'vitest';
import { textOfJson } from './json-text.ts';

it('what is the same has the same text', () => {
  expect(textOfJson({ a: [1, 'b'] })).toBe('{"a":[1,"b"]}');
});

it('what is nested too deep has none, and any other failure is one', () => {
  let nested: unknown = [];
  for (let depth = 0; depth < 100_000; depth += 1) nested = [nested];
  expect(textOfJson(nested)).toBeUndefined();
  expect(() => textOfJson(1n)).toThrow(TypeError);
});
