import { describe, expect, it } from 'vitest';
import { yamlDocuments } from './yaml.ts';

const read = (text: string) => yamlDocuments(text, 't.yaml');

describe('YAML is read', () => {
  it('with the short forms of functions, and dates as texts', () => {
    const [document] = read(
      `Version: 2012-10-17\na: !Sub x\${B}\nb: !Join [":", [!Ref C, !GetAtt D.Arn]]\nc: !If\n  - !Condition E\n`,
    );
    expect(document?.value).toEqual({
      Version: '2012-10-17',
      a: { 'Fn::Sub': `x\${B}` },
      b: { 'Fn::Join': [':', [{ Ref: 'C' }, { 'Fn::GetAtt': 'D.Arn' }]] },
      c: { 'Fn::If': [{ Condition: 'E' }] },
    });
  });

  it('with positions, anchors and what stands twice; several documents too', () => {
    const [first, second] = read('a: &x\n  - b: 1\nc: *x\nd: {e: 1, e: 2}\n---\nf:\n  g: 1\n');
    expect(first?.value).toEqual({ a: [{ b: 1 }], c: [{ b: 1 }], d: { e: 2 } });
    expect(first?.positionOf(['a', 0, 'b'])).toEqual({ line: 2, column: 5 });
    expect(first?.positionOf(['c', 0, 'x'])).toBeUndefined();
    expect(first?.duplicates).toEqual([
      {
        path: ['d', 'e'],
        positions: [
          { line: 4, column: 5 },
          { line: 4, column: 11 },
        ],
      },
    ]);
    expect(second?.value).toEqual({ f: { g: 1 } });
    expect(second?.positionOf(['f', 'g'])).toEqual({ line: 7, column: 3 });
  });

  it.each([
    ['a: [1\nb', /^t\.yaml:\d+:\d+: /],
    ['a: b: c', /^t\.yaml:1:\d+: /],
    ['"a', /^t\.yaml:1:\d+: /],
  ])('%j: an error has its place', (text, message) => expect(() => read(text)).toThrow(message));

  it('within bounds', () => {
    const laughs = Array.from(
      { length: 20 },
      (_, i) => `a${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1}, *a${i - 1}, *a${i - 1}`}]`,
    );
    expect(() => read(laughs.join('\n'))).toThrow('more than 200000 parts');
    expect(() => read('a: &a [*a]')).toThrow('t.yaml');
    expect(() => read(`a: ${'['.repeat(300)}${']'.repeat(300)}`)).toThrow('nested deeper than 100');
    expect(() => read(`a: ${'x'.repeat(1024 * 1024)}`)).toThrow('too much of YAML');
  });
});
