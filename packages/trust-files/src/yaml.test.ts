import { describe, expect, it } from 'vitest';
import { yamlDocuments } from './yaml.ts';
import { yaml as atOnce } from './yaml-at-once.ts';
import { yaml as whenNeeded } from './yaml-when-needed.ts';

const read = (text: string) => yamlDocuments(text, 't.yaml');

describe('YAML is read', () => {
  it('by the same, whether it is loaded when it is needed or at once', async () => {
    expect((await whenNeeded()).yamlDocuments).toBe((await atOnce()).yamlDocuments);
  });

  it('as YAML 1.2, whatever it says that it is: what else a version resolves stays a text', () => {
    const [document] = read('%YAML 1.1\n---\na: yes\nb: 2012-10-17\nc: 0o17\nd: !!binary eHl6\ne: !!set {f}\n');
    expect(document?.value).toEqual({ a: 'yes', b: '2012-10-17', c: 15, d: 'eHl6', e: { f: null } });
  });

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
    expect(() => read('a: &a [*a]')).toThrow('t.yaml:1:8: it is nested deeper than 100 levels.');
    expect(() => read(`a: ${'x'.repeat(1024 * 1024)}`)).toThrow('too much of YAML');
    const long = `a: &a ${'x'.repeat(1000)}\nb: [${'*a, '.repeat(2000)}]`;
    expect(() => read(long)).toThrow(/^t\.yaml:2:\d+: with what its anchors stand for it has more than 1048576 char/);
  });

  it.each([
    ['x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\n', { a: 1, b: 3 }],
    ['x: &x {a: 1, b: 2}\ny: {b: 3, <<: *x}\n', { a: 1, b: 3 }],
    ['x: &x {a: 1}\nz: &z {a: 2, b: 2}\ny: {<<: [*x, *z]}\n', { a: 1, b: 2 }],
    ['y: {"<<": {a: 1}, b: 2}\n', { '<<': { a: 1 }, b: 2 }],
    ['y: {<<: 7, b: 2}\n', { '<<': 7, b: 2 }],
    ['y: {<<: {<<: {a: 1}, b: 1}, b: 2}\n', { a: 1, b: 2 }],
  ])('with what is merged: %j', (text, value) => {
    const [document] = read(text);
    expect(document?.value).toEqual(expect.objectContaining({ y: value }));
    expect(document?.duplicates).toEqual([]);
  });

  it('an alias stands for the last anchor of its name before it', () => {
    const [document] = read('a: &x 1\nb: *x\nc: &x {d: &x 2, e: *x}\nf: *x\n');
    expect(document?.value).toEqual({ a: 1, b: 1, c: { d: 2, e: 2 }, f: 2 });
    expect(() => read('a: *x\nb: &x 1')).toThrow(/^t\.yaml:1:\d+: /);
    const [twice] = read('a: &x {b: 1, b: 2}\nc: *x\n');
    expect(twice?.duplicates.map(({ path }) => path)).toEqual([
      ['a', 'b'],
      ['c', 'b'],
    ]);
    expect(twice?.positionOf(['c', 'b'])).toEqual({ line: 1, column: 14 });
  });
});

/** Each of about 100 kB, and a bit more. */
const hostile: Readonly<Record<string, string>> = {
  'lists that do not end': '['.repeat(100_000),
  'lists in lists': `${'[ '.repeat(5000)}${']'.repeat(5000)}`,
  'objects that do not end': '{'.repeat(50_000),
  'a list in a list, a line each': Array.from({ length: 450 }, (_, depth) => `${' '.repeat(depth)}-`).join('\n'),
  'an object in an object, a line each': Array.from({ length: 450 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
  'dashes on one line': `${'- '.repeat(50_000)}a`,
  'question marks': '? '.repeat(50_000),
  'colons on one line': 'a: '.repeat(33_000),
  'colons on each line': 'a: b: c\n'.repeat(12_000),
  'a name again and again': 'a: 1\n'.repeat(20_000),
  'names without end': Array.from({ length: 10_000 }, (_, index) => `name-${index}: 1`).join('\n'),
  'a long name around many': `${'a'.repeat(50_000)}:\n${Array.from({ length: 5000 }, (_, index) => ` b${index}: 1`).join('\n')}`,
  'an alias again and again': `a: &a 1\n${'b: *a\n'.repeat(16_000)}`,
  'aliases of a long text': `a: &a ${'x'.repeat(50_000)}\nb: [${'*a, '.repeat(12_000)}]`,
  'aliases of a long list': `a: &a [${'x, '.repeat(15_000)}]\nb: [${'*a, '.repeat(12_000)}]`,
  'aliases of objects with a long name': `a: &a {${'x'.repeat(50_000)}: 1}\nb: [${'*a, '.repeat(12_000)}]`,
  'anchors without end': Array.from({ length: 10_000 }, (_, index) => `- &a${index} x`).join('\n'),
  'an anchor for each alias': Array.from({ length: 8000 }, (_, index) => `- [&a${index} x, *a${index}]`).join('\n'),
  documents: '---\na\n'.repeat(16_000),
  comments: '#\n'.repeat(50_000),
  directives: '%A\n'.repeat(30_000),
  tags: '!a '.repeat(33_000),
  'a text of escapes': `"${'\\u0041'.repeat(16_000)}"`,
  'a text that does not end': `a: "${'x\n'.repeat(50_000)}`,
  'folded lines': `a: >\n${' x\n\n'.repeat(20_000)}`,
  'empty lists': `[${'[],'.repeat(33_000)}]`,
  commas: `[${','.repeat(100_000)}]`,
  'what looks like Helm': 'a: {{ .Values.x }}\n'.repeat(5000),
};

it.each(Object.entries(hostile))('%s: read with work in proportion, or an error with its place', (_title, text) => {
  const before = process.cpuUsage();
  try {
    for (const source of read(text)) source.positionOf(['a', 0]);
  } catch (error) {
    expect((error as Error).message).toMatch(/^t\.yaml:[1-9]\d*:[1-9]\d*: /);
  }
  const { user, system } = process.cpuUsage(before);
  // A second of CPU time on any machine, and ten for one that is slow: what takes the square of its input takes minutes.
  expect((user + system) / 1000).toBeLessThan(10_000);
});
