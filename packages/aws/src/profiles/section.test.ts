import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyOfSections, entry, hasEntries, mayHaveDefaultIdentity, withoutSection, withSection } from './section.ts';

const entries = { aws_access_key_id: 'ASIA1', aws_secret_access_key: 'a/b+c=', aws_session_token: 'tok#en;==' };
const id = 'k3j5';
const add = (text: string, header = 'own', own: Record<string, string> = entries, as = id) =>
  withSection(text, header, { entries: own, id: as });
const isWritten = (key: string, value: string) => Object.entries(entries).some(([k, v]) => k === key && v === value);

/** Lines as people write them: sections, entries, nested entries, comments, what is none of these, any bytes. */
const line = fc.oneof(
  fc.constantFrom('', '# a [x] comment', '; another', '[default]', '[ spaced ]', '  [profile other] # why [so]'),
  fc.constantFrom('[default', 'region = eu-west-1', '  nested = 1', 'aws_access_key_id=AKIAX', 's3 =', 'just words'),
  fc.constantFrom('\ttab=\\n', '\xEF\xBB\xBF[first]', '\xFF\xFE[\0d\0]\0', 'caf\xE9 = \xE9', '# caf\xE9', 'key: value'),
  fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1')),
);
const end = fc.constantFrom('\n', '\r\n', '\r', '\n\n');
const file = fc
  .tuple(fc.array(fc.tuple(line, end)), fc.oneof(fc.constant(''), line))
  .map(([lines, last]) => lines.map((one) => one.join('')).join('') + last)
  .filter((text) => !hasEntries(text, 'own') && !/\[[^\]]*own/.test(text));

describe('withSection', () => {
  it('adds a section that is read back, and withoutSection leaves the file as it was, to the byte', () => {
    fc.assert(
      fc.property(file, (text) => {
        const written = add(text);
        expect(written.text.startsWith(text)).toBe(true);
        for (const [key, value] of Object.entries(entries)) expect(entry(written.text, 'own', key)).toBe(value);
        expect(withoutSection(written.text, written.mark, isWritten)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('of several jobs at once: each is taken back in any order, and then the file is as it was, to the byte', () => {
    const headers = ['one', 'profile two', 'default'].map((header) => header);
    const order = fc.shuffledSubarray([0, 1, 2], { minLength: 3 });
    fc.assert(
      fc.property(
        file.filter((text) => !/one|two|default/.test(text)),
        order,
        (before, removals) => {
          let text = before;
          const marks = headers.map((header) => {
            const written = add(text, header, entries, `of-${header}`);
            text = written.text;
            return written.mark;
          });
          for (const [done, index] of removals.entries()) {
            const mark = marks[index];
            if (mark) text = withoutSection(text, mark, isWritten);
            for (const left of removals.slice(done + 1)) {
              expect(entry(text, (headers[left] ?? '').replace('profile ', ''), 'aws_access_key_id')).toBe('ASIA1');
            }
          }
          expect(text).toBe(before);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['a file that does not end its last line', '[a]\nb = c', `[a]\nb = c\n\n[own]\n# fedbridge section ${id}\nk = v\n`],
    ['an empty file', '', `[own]\n# fedbridge section ${id}\nk = v\n`],
    [
      'a section that is there, with its comments',
      '[own]\n# mine\nk = old\nz = 1\n\n[b]\nc = d\n',
      `[own]\n# fedbridge ${id}\nk = v\n# mine\n\n[b]\nc = d\n`,
    ],
    [
      'a section that comes twice',
      '[own]\na = 1\n[b]\n[own]\nc = 2\n',
      `[own]\n# fedbridge ${id}\nk = v\n[b]\n[own]\n`,
    ],
    ['a header of the other file', '[profile own]\na = 1\n', `[profile own]\n# fedbridge ${id}\nk = v\n`],
    ['a header without an end', '[own]', `[own]\n# fedbridge ${id}\nk = v\n`],
    ['a byte order mark', '\xEF\xBB\xBF[own]\na = 1\n', `\xEF\xBB\xBF[own]\n# fedbridge ${id}\nk = v\n`],
    ['line ends of Windows', '[a]\r\nb = c\r\n', `[a]\r\nb = c\r\n\r\n[own]\r\n# fedbridge section ${id}\r\nk = v\r\n`],
  ])('%s', (_title, before, after) => {
    expect(add(before, 'own', { k: 'v' }).text).toBe(after);
  });
});

describe('withoutSection', () => {
  it('leaves a section alone that another job has written anew, which takes all of it back', () => {
    const first = add('[a]\nb = c\n', 'profile own', { region: 'x' }, 'first');
    const second = add(first.text, 'profile own', { region: 'x' }, 'second');
    expect(withoutSection(second.text, first.mark, () => true)).toBe(second.text);
    expect(withoutSection(second.text, second.mark, () => true)).toBe('[a]\nb = c\n');
  });

  it('leaves what is gone, what others added, and what somebody changed', () => {
    const { text, mark } = add('');
    expect(withoutSection('[other]\nregion = x\n', mark, isWritten)).toBe('[other]\nregion = x\n');
    expect(withoutSection(`${text}region = mine\n`, mark, isWritten)).toBe('[own]\nregion = mine\n');
    expect(withoutSection(text.replace('ASIA1', 'AKIAX'), mark, isWritten)).toBe('[own]\naws_access_key_id = AKIAX\n');
  });

  it('keeps a header that was there before', () => {
    const { text, mark } = add('[own]\n# mine\n');
    expect(withoutSection(text, mark, isWritten)).toBe('[own]\n# mine\n');
  });

  it('does not join a last line without an end with what others wrote behind', () => {
    const { text, mark } = add('[a]\nb = c');
    expect(withoutSection(`${text}[d]\ne = f\n`, mark, isWritten)).toBe('[a]\nb = c\n[d]\ne = f\n');
  });
});

describe('copyOfSections', () => {
  it('has each profile once, and nothing that a tool may choke on', () => {
    const text =
      '\xEF\xBB\xBF# caf\xE9\n[a]\nk: 1\n  nested = 2\nK = 3\njust words\n[ci]\nx = y\n[a]\nz = caf\xC3\xA9\nw = \xE9\nurl: https://x = y\n';
    expect(copyOfSections(text, ['ci'])).toBe('[a]\nK = 3\nz = caf\xC3\xA9\nurl = https://x = y\n\n');
  });

  it('of any bytes has no section twice', () => {
    fc.assert(
      fc.property(file, (text) => {
        const headers = copyOfSections(text, []).match(/^\[.*\]$/gm) ?? [];
        expect(new Set(headers).size).toBe(headers.length);
      }),
    );
  });
});

it.each([
  ['[default]\naws_access_key_id = x', true],
  ['[profile default]\nROLE_ARN: x', true],
  ['[ "default" ]\ncredential_process=x', true],
  ['[default]\nregion = x\noutput = json', false],
  ['[profile other]\naws_access_key_id = x', false],
  ['', false],
])('mayHaveDefaultIdentity(%j) is %s', (text, is) => {
  expect(mayHaveDefaultIdentity(text)).toBe(is);
});
