import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entry, hasEntries, withoutSection, withSection } from './section.ts';

const entries = { aws_access_key_id: 'ASIA1', aws_secret_access_key: 'a/b+c=', aws_session_token: 'tok#en;==' };
const mark = ['aws_access_key_id', 'ASIA1'] as const;
const own = { keys: Object.keys(entries), mark, whole: true };

/** Lines as people write them: sections, entries, nested entries, comments, what is none of these. */
const line = fc.oneof(
  fc.constantFrom(
    '',
    '# a [x] comment',
    '; another',
    '[default]',
    '[ spaced ]',
    '[profile other] # why [so]',
    '[default',
  ),
  fc.constantFrom(
    'region = eu-west-1',
    '  nested = 1',
    'aws_access_key_id=AKIAX',
    's3 =',
    'just words',
    '\ttab=\\n',
    'ключ = знач',
  ),
  fc.string().map((text) => text.replace(/[\r\n]/g, '')),
);
const file = fc
  .tuple(fc.array(line), fc.constantFrom('\n', '\r\n'))
  .map(([lines, end]) => lines.map((one) => `${one}${end}`).join(''))
  .filter((text) => !hasEntries(text, 'own') && !/^\[\s*["']?own/m.test(text));

describe('withSection', () => {
  it('adds a section that is read back, and withoutSection leaves the file as it was, to the byte', () => {
    fc.assert(
      fc.property(file, (text) => {
        const written = withSection(text, 'own', entries);
        expect(written.startsWith(text)).toBe(true);
        for (const [key, value] of Object.entries(entries)) expect(entry(written, 'own', key)).toBe(value);
        expect(withoutSection(written, 'own', own)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps what others add after it', () => {
    fc.assert(
      fc.property(file, (text) => {
        const both = withSection(withSection(text, 'own', entries), 'later', { region: 'x' });
        expect(withoutSection(both, 'own', own)).toBe(withSection(text, 'later', { region: 'x' }));
      }),
    );
  });

  it.each([
    ['a file that does not end its last line', '[a]\nb = c', '[a]\nb = c\n\n[own]\nk = v\n'],
    ['an empty file', '', '[own]\nk = v\n'],
    [
      'a section that is there, with its comments',
      '[own]\n# mine\nk = old\nz = 1\n\n[b]\nc = d\n',
      '[own]\nk = v\n# mine\n\n[b]\nc = d\n',
    ],
    ['a section that comes twice', '[own]\na = 1\n[b]\n[own]\nc = 2\n', '[own]\nk = v\n[b]\n[own]\n'],
    ['line ends of Windows', '[a]\r\nb = c\r\n', '[a]\r\nb = c\r\n\r\n[own]\r\nk = v\r\n'],
  ])('%s', (_title, before, after) => {
    expect(withSection(before, 'own', { k: 'v' })).toBe(after);
  });
});

describe('withoutSection', () => {
  it.each([
    ['was written anew by another job', '[own]\naws_access_key_id = ASIA2\n'],
    ['is gone', '[other]\nregion = x\n'],
  ])('leaves a section alone that %s', (_title, text) => {
    expect(withoutSection(text, 'own', own)).toBe(text);
  });

  it('keeps a header that was there before, and entries of others', () => {
    const text = withSection('[own]\n# mine\n', 'own', entries);
    expect(withoutSection(text, 'own', { ...own, whole: false })).toBe('[own]\n# mine\n');
    const added = `${withSection('', 'own', entries)}region = mine\n`;
    expect(withoutSection(added, 'own', own)).toBe('[own]\nregion = mine\n');
  });
});
