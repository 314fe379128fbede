import { describe, expect, it } from 'vitest';
import { excerptOf, linesIn, longestShown } from './excerpt.ts';

const lines = Array.from({ length: 100_000 }, (_, index) => `line ${index + 1}`).join('\n');

describe('what is shown of a text', () => {
  it('is all of one that is short', () => {
    expect(excerptOf('a\nb', 2, 1)).toEqual({ text: 'a\nb', firstLine: 1, isWhole: true });
  });

  it.each([1, 2, 50_000, 100_000])('is of a long one what stands around line %i', (line) => {
    const { text, firstLine, isWhole } = excerptOf(lines, line, 1);
    expect({ isWhole, first: text.split('\n')[0] }).toEqual({ isWhole: false, first: `line ${firstLine}` });
    expect(text.split('\n')[line - firstLine]).toBe(`line ${line}`);
    expect(text.length).toBeLessThan(longestShown / 10);
  });

  it('is of a long line what stands at the column', () => {
    const text = `{\n${'x'.repeat(longestShown)}HERE${'y'.repeat(longestShown)}`;
    const excerpt = excerptOf(text, 2, longestShown + 1);
    expect(excerpt.firstLine).toBe(2);
    expect(excerpt.text.indexOf('HERE')).toBe(200);
  });

  it('has as many lines as line ends, and one', () => {
    expect([linesIn(''), linesIn('a\n'), linesIn(lines)]).toEqual([1, 2, 100_000]);
  });
});
