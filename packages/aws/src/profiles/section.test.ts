import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampledCount } from '../../../../test/harness/sampled.ts';
import {
  copyOfSections,
  entry,
  hasEntries,
  mayHaveDefaultIdentity,
  withoutExpired,
  withoutSection,
  withSection,
} from './section.ts';

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
const textOf = (lineOf: fc.Arbitrary<string>) =>
  fc
    .tuple(fc.array(fc.tuple(lineOf, end)), fc.oneof(fc.constant(''), lineOf))
    .map(([lines, last]) => lines.map((one) => one.join('')).join('') + last)
    .filter((text) => !text.includes('# fedbridge'));
/** Profiles of the names that are written among it. */
const anyFile = textOf(
  fc.oneof(
    line,
    fc.constantFrom('[own]', '[profile own]', ' [own]', 'key = mine', 'KEY: mine', '  key = nested', '[two]'),
  ),
  // Of a file that ends in a header without an end, several jobs at once leave the end.
).filter((text) => !/\[[^\n]*$/.test(text));
const file = textOf(line).filter((text) => !hasEntries(text, 'own') && !/\[[^\]]*own/.test(text));

describe('withSection', () => {
  it('adds a section that is read back, and withoutSection leaves the file as it was, to the byte', () => {
    fc.assert(
      fc.property(file, (text) => {
        const written = add(text);
        expect(written.startsWith(text)).toBe(true);
        for (const [key, value] of Object.entries(entries)) expect(entry(written, 'own', key)).toBe(value);
        expect(withoutSection(written, id, isWritten)).toEqual({ text, left: [] });
      }),
      { numRuns: sampledCount(1000) },
    );
  });

  it('of several jobs, of one profile or several: the last that is left is what it is, and at the end the file is as it was, to the byte', () => {
    const names = fc.array(fc.constantFrom('own', 'profile own', 'default', 'two'), { minLength: 2, maxLength: 4 });
    const steps = fc.array(fc.nat(7), { maxLength: 12 });
    fc.assert(
      fc.property(anyFile, names, steps, (before, headers, moves) => {
        let text = before;
        const live: number[] = [];
        const written = new Set<number>();
        const key = (job: number) => ({ key: `of ${job}` });
        const isOf = (job: number) => (name: string, value: string) => name === 'key' && value === `of ${job}`;
        const profile = (job: number) => (headers[job] ?? '').replace('profile ', '');
        const move = (job: number) => {
          if (!written.has(job)) {
            text = add(text, headers[job], key(job), `job${job}`);
            written.add(job);
            live.push(job);
          } else if (live.includes(job)) {
            const without = withoutSection(text, `job${job}`, isOf(job));
            expect(without?.left).toEqual([]);
            text = without?.text ?? '';
            live.splice(live.indexOf(job), 1);
          }
          for (const one of live) {
            const last = live.findLast((other) => profile(other) === profile(one));
            expect(entry(text, profile(one), 'key')).toBe(`of ${last}`);
          }
        };
        for (const job of moves) move(job % headers.length);
        for (const job of headers.keys()) if (!written.has(job)) move(job);
        while (live[0] !== undefined) move(live[0]);
        expect(text).toBe(before);
      }),
      { numRuns: sampledCount(3000) },
    );
  });

  it.each([
    [
      'a file that does not end its last line',
      '[a]\nb = c',
      `[a]\nb = c\n\n[own]\n# fedbridge section2 ${id}\nk = v\n`,
    ],
    ['an empty file', '', `[own]\n# fedbridge section0 ${id}\nk = v\n`],
    [
      'a section that is there, with its comments',
      '[own]\n# mine\nk = old\nz = 1\n\n[b]\nc = d\n',
      `[own]\n# fedbridge ${id}\nk = v\n# mine\n# fedbridge ${id} keeps k = old\n# fedbridge ${id} keeps z = 1\n\n[b]\nc = d\n`,
    ],
    [
      'a section that comes twice',
      '[own]\na = 1\n[b]\n[own]\nc = 2\n',
      `[own]\n# fedbridge ${id}\nk = v\n# fedbridge ${id} keeps a = 1\n[b]\n[own]\n# fedbridge ${id} keeps c = 2\n`,
    ],
    [
      'a header of the other file',
      '[profile own]\na = 1\n',
      `[profile own]\n# fedbridge ${id}\nk = v\n# fedbridge ${id} keeps a = 1\n`,
    ],
    ['a header without an end', '[own]', `[own]\n# fedbridge end ${id}\nk = v\n`],
    [
      'a byte order mark',
      '\xEF\xBB\xBF[own]\na = 1\n',
      `\xEF\xBB\xBF[own]\n# fedbridge ${id}\nk = v\n# fedbridge ${id} keeps a = 1\n`,
    ],
    ['line ends of Windows', '[a]\r\nb = c\r\n', `[a]\r\nb = c\r\n\r\n[own]\r\n# fedbridge section ${id}\r\nk = v\r\n`],
  ])('%s', (_title, before, after) => {
    expect(add(before, 'own', { k: 'v' })).toBe(after);
  });
});

describe('withoutSection', () => {
  it('leaves what another job has written anew, which takes all of it back', () => {
    const first = add('[a]\nb = c\n', 'profile own', { region: 'x' }, 'first');
    const second = add(first, 'profile own', { region: 'x' }, 'second');
    const text = '[a]\nb = c\n\n[profile own]\n# fedbridge section second\nregion = x\n';
    expect(withoutSection(second, 'first', () => true)).toEqual({ text, left: [] });
    expect(withoutSection(text, 'second', () => true)?.text).toBe('[a]\nb = c\n');
  });

  it('leaves what is gone, what others added, and what somebody changed, and says so', () => {
    const text = add('');
    expect(withoutSection('[other]\nregion = x\n', id, isWritten)).toBeUndefined();
    expect(withoutSection(`${text}region = mine\n`, id, isWritten)).toEqual({
      text: '[own]\nregion = mine\n',
      left: ['region'],
    });
    expect(withoutSection(text.replace('ASIA1', 'AKIAX'), id, isWritten)).toEqual({
      text: '[own]\naws_access_key_id = AKIAX\n',
      left: ['aws_access_key_id'],
    });
  });

  it('brings nothing back in the place of what somebody has set since', () => {
    const before = '[own]\naws_access_key_id = AKIA0\ns3 =\n  a = 1\n\tb = 2\nregion = x\n';
    const text = add(before).replace('ASIA1', 'AKIAX').replace('[own]\n', '[own]\ns3 = mine\n');
    expect(withoutSection(text, id, isWritten)).toEqual({
      text: '[own]\ns3 = mine\naws_access_key_id = AKIAX\n# aws_access_key_id = AKIA0\n# s3 =\n#   a = 1\n# \tb = 2\nregion = x\n',
      left: ['s3', 'aws_access_key_id'],
    });
  });

  it('keeps a header that was there before', () => {
    expect(withoutSection(add('[own]\n# mine\n'), id, isWritten)?.text).toBe('[own]\n# mine\n');
  });

  it('does not join a last line without an end with what others wrote behind', () => {
    const text = `${add('[a]\nb = c')}[d]\ne = f\n`;
    expect(withoutSection(text, id, isWritten)?.text).toBe('[a]\nb = c\n[d]\ne = f\n');
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

describe('a profile that is overwritten and never given back', () => {
  it("grows no further, and keeps what is the user's own", () => {
    const user = '[own]\nregion = eu-west-1\n';
    const write = (text: string, round: number) => add(text, 'own', entries, `r${round}`);
    let text = user;
    const sizes = Array.from({ length: 200 }, (_, round) => {
      text = write(text, round);
      return text.length;
    });
    expect(Math.max(...sizes)).toBeLessThan((sizes[20] ?? 0) * 1.1);
    for (let round = 199; round >= 0; round -= 1) text = withoutSection(text, `r${round}`, isWritten)?.text ?? text;
    expect(text).toBe(user);
  });
});

describe('a profile of jobs of which some are killed', () => {
  const value = (job: number) => ({ key: `of ${job}` });
  const write = (text: string, header: string, job: number, expiresAt: number | undefined) =>
    withSection(text, header, { entries: value(job), id: `job${job}`, expiresAt });
  const end = (text: string, job: number, now: number) => {
    const isOf = (key: string, of: string) => key === 'key' && of === `of ${job}`;
    return withoutSection(withoutExpired(text, `job${job}`, now), `job${job}`, isOf)?.text ?? text;
  };

  it('shows nobody what has expired when those above it have ended, and in the end what was there before', () => {
    const job = fc.record({
      header: fc.constantFrom('own', 'profile own'),
      isKilled: fc.boolean(),
      // In steps of the game; some do not expire.
      lasts: fc.oneof(fc.nat(6), fc.constant(undefined)),
    });
    const game = fc.array(fc.oneof(fc.constant('write' as const), fc.nat(5)), { maxLength: 14 });
    fc.assert(
      fc.property(anyFile, fc.array(job, { minLength: 2, maxLength: 5 }), game, (before, jobs, moves) => {
        let text = before;
        // From the bottom to the top.
        let layers: { readonly job: number; readonly expiresAt: number | undefined }[] = [];
        let [next, now] = [0, 0];
        const isUsed = (one: { readonly expiresAt: number | undefined }) =>
          one.expiresAt === undefined || one.expiresAt * 1000 > now * 1000;
        for (const move of [...moves, ...jobs.keys()]) {
          now += 1;
          const { header = '', lasts } = jobs[next] ?? {};
          if (move === 'write') {
            if (next === jobs.length) continue;
            const expiresAt = lasts === undefined ? undefined : now + lasts;
            text = write(text, header, next, expiresAt === undefined ? undefined : expiresAt * 1000);
            layers.push({ job: next, expiresAt });
            next += 1;
          } else if (layers.some(({ job }) => job === move) && !jobs[move]?.isKilled) {
            text = end(text, move, now * 1000);
            layers = layers.filter((one) => one.job !== move && (one === layers.at(-1) || isUsed(one)));
          }
          const top = layers.at(-1);
          const shown = entry(text, 'own', 'key');
          if (top) expect(shown).toBe(`of ${top.job}`);
          else expect(text).toBe(before);
        }
      }),
      { numRuns: sampledCount(3000) },
    );
  });

  it.each([
    ['another value', (text: string) => text.replace('of 1', 'of me')],
    ['an entry more', (text: string) => text.replace('key = of 1\n', 'key = of 1\noutput = json\n')],
    ['an entry less', (text: string) => text.replace('key = of 1\n', '')],
  ])('keeps what somebody has made of it since: %s', (_what, change) => {
    const changed = change(write('[own]\nkey = mine\n', 'own', 1, 1_000));
    const text = end(write(changed, 'own', 2, 9_000), 2, 5_000);
    expect(text).toBe(changed);
  });

  it('is not what an expired one makes of it that no other lies on: a job may be at work with it yet', () => {
    const text = write(write('[own]\nkey = mine\n', 'own', 1, undefined), 'own', 2, 1_000);
    expect(entry(end(text, 1, 5_000), 'own', 'key')).toBe('of 2');
  });
});
