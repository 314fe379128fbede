import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryOf, headerOf, isEntry, isOwnLine, Layers, lapseOf, type Mark, markOf } from './layers.ts';

/*
 * That a file is as it was when all who wrote it have ended, in whatever order, is the property of section.test.ts; here is what a line
 * of it is.
 */
const id = fc.string({ unit: fc.constantFrom(...'az09'.split('')), minLength: 1, maxLength: 20 });
const lapse = fc.option(
  fc.nat().map((at) => lapseOf(at * 1000, ['a = 1'])),
  { nil: undefined },
);
const mark: fc.Arbitrary<Mark> = fc.oneof(
  fc.record({ id, made: fc.constantFrom('end' as const, 'nothing' as const), lapse }),
  fc.record({ id, made: fc.constant('section' as const), gap: fc.constantFrom(0, 1, 2), lapse }),
);
const always = () => true;

describe('a mark', () => {
  it('is a comment that is read back as it was written, however many lie on it', () => {
    fc.assert(
      fc.property(mark, fc.array(id, { maxLength: 3 }), (written, covers) => {
        const line = covers.reduceRight((hidden, by) => Layers.hide(hidden, by), markOf(written));
        expect(line).toMatch(/^# /);
        expect(isOwnLine(line)).toBe(true);
        const layer = Layers.of([`${line}\n`], written.id);
        expect(layer?.mark).toEqual(written);
        expect(layer?.isCovered).toBe(covers.length > 0);
      }),
    );
  });

  it.each(['# fedbridge', '#fedbridge a', ' # fedbridge a', '# fedbridge A', '# fedbridges a', '# a'])(
    'is not what a user may have written: %j',
    (line) => expect(isOwnLine(line)).toBe(false),
  );

  it('is of use until the second in which its credentials expire, and not before', () => {
    expect(lapseOf(1_000, []).at).toBe(1);
    expect(lapseOf(1_001, []).at).toBe(2);
  });
});

describe('what was written', () => {
  const lines = (more: readonly string[] = []) => [
    markOf({ id: 'a', made: 'nothing', lapse: lapseOf(5_000, ['key = 1', 'other = 2']) }),
    ...['key = 1\r\n', 'other = 2\n', ...more],
  ];
  const hasLapsed = (text: readonly string[], nowMs: number) => Layers.of(text, 'a')?.hasLapsed(text, nowMs);

  it('has expired at its time, whatever the ends of its lines are', () => {
    expect([hasLapsed(lines(), 4_999), hasLapsed(lines(), 5_000)]).toEqual([false, true]);
  });

  it.each([['mine = 3\n'], [' nested = 3\n']])('is of somebody else once they have added to it: %j', (line) => {
    expect(hasLapsed(lines([line]), 5_000)).toBe(false);
  });

  it('has not expired where nobody knows when it does', () => {
    const text = [markOf({ id: 'a', made: 'nothing' }), 'key = 1\n'];
    expect(hasLapsed(text, Number.MAX_SAFE_INTEGER)).toBe(false);
  });

  it('gives back what it kept, but for what others have set since', () => {
    const text = [
      markOf({ id: 'a', made: 'nothing' }),
      'key = 1\n',
      Layers.hide('key = 0\n', 'a'),
      Layers.hide('was = 0\n', 'a'),
    ];
    const layer = Layers.of(text, 'a');
    expect(layer?.without(text, always, new Set(), true)).toEqual(['key = 0\n', 'was = 0\n']);
    expect(layer?.without(text, always, new Set(['was']), true)).toEqual(['key = 0\n', '# was = 0\n']);
    expect(layer?.without(text, () => false, new Set(['key']), true)).toEqual([
      'key = 1\n',
      '# key = 0\n',
      'was = 0\n',
    ]);
  });

  it('names the keys that others have set in its place', () => {
    const text = [markOf({ id: 'a', made: 'nothing' }), 'Key = 1\n', 'mine = 2\n', '  nested = 3\n', '; no = 4\n'];
    const asWritten = (key: string) => key === 'key';
    expect(Layers.of(text, 'a')?.keysOfOthers(text, asWritten, true)).toEqual(['mine']);
    expect(Layers.of(text, 'a')?.keysOfOthers(text, asWritten, false)).toEqual(['key', 'mine']);
  });
});

it('the topmost comes first', () => {
  const text = [markOf({ id: 'top', made: 'nothing' }), Layers.hide(markOf({ id: 'below', made: 'nothing' }), 'top')];
  expect(Layers.all(text.toReversed()).map((layer) => layer.mark.id)).toEqual(['top', 'below']);
});

describe('a line', () => {
  it.each([
    ['[ci]', 'ci'],
    ['  [profile ci] # x', 'profile ci'],
    ['\xEF\xBB\xBF[ci]', 'ci'],
    ['[]', ''],
    ['[ci', undefined],
    ['# [ci]', undefined],
  ])('%j is the header %s', (line, header) => expect(headerOf(line)).toBe(header));

  it.each([
    ['key = value', true],
    ['  nested = value', true],
    ['neither', true],
    ['# comment', false],
    [' ; comment', false],
    ['[ci]', false],
    [' \n', false],
  ])('%j is an entry: %s', (line, is) => expect(isEntry(line)).toBe(is));

  it.each([
    ['AWS_Access_Key_Id = a=b ', ['aws_access_key_id', 'a=b']],
    ['key: value', ['key', 'value']],
    ['neither', ['', 'neither']],
  ])('%j has %j', (line, entry) => expect(entryOf(line)).toEqual(entry));
});
