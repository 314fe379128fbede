import { describe, expect, it } from 'vitest';
import { printExactly, withExactNumbers } from './exact-numbers.ts';

describe('Numbers that JavaScript would write otherwise', () => {
  it.each([
    '[1.0,-0,1e3,1.90e9,12345678901234567890,0.10]',
    String.raw`{"a\"1.0":"1.0","\\":1.0,"b\\\"":[1.0,"\\\\",2.0]}`,
    '{"12345678901234567890":"x","y":1.0}',
  ])('come through as they were written: %s', (json) => {
    expect(printExactly(withExactNumbers(json), 0)).toBe(json);
  });

  it.each(['[1.0.0]', '[01.0]', '"1.0', String.raw`"\"1.0`, '1.0e'])('are none in what is no JSON: %s', (text) =>
    expect(() => withExactNumbers(text)).toThrow(SyntaxError),
  );

  it.each([
    ['a text that does not end', `"${'\\"'.repeat(500_000)}`],
    ['escapes that do not end', `"${'\\'.repeat(1_000_000)}`],
    ['quotes', '"'.repeat(1_000_000)],
    ['a long text', `"${'\\"'.repeat(4_000_000)}"`],
    ['digits', '1'.repeat(100_000)],
    ['signs', '-'.repeat(1_000_000)],
    ['numbers', '1.0,'.repeat(250_000)],
  ])('are looked for in linear time: %s', (_title, text) => {
    const before = process.cpuUsage();
    try {
      withExactNumbers(text);
    } catch (error) {
      expect(error).toBeInstanceOf(SyntaxError);
    }
    const { user, system } = process.cpuUsage(before);
    // A slow machine takes some of it: what takes the square of its input takes minutes.
    expect((user + system) / 1_000_000).toBeLessThan(10);
  });
});
