import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSecrets } from './secrets.ts';

const good = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'wJalr/K7+x=', sessionToken: 'FwoGZXIvYXdzE//x==' };
function parse(given: Readonly<Record<keyof typeof good, unknown>>) {
  const masked: string[] = [];
  return { secrets: parseSecrets(given, { mask: (secret) => masked.push(secret) }), masked };
}

describe('session credentials', () => {
  it('are masked, and are what they were', () => {
    expect(parse(good)).toEqual({ secrets: good, masked: Object.values(good) });
  });

  it.each(Object.keys(good) as (keyof typeof good)[])(
    'are none without %s, and what there is of them is masked',
    (name) => {
      for (const absent of [undefined, null, 7, {}, '']) {
        const { secrets, masked } = parse({ ...good, [name]: absent });
        expect(secrets).toBeUndefined();
        expect(masked).toEqual(Object.values({ ...good, [name]: '' }).filter(Boolean));
      }
    },
  );

  it.each([
    ['accessKeyId', 128],
    ['secretAccessKey', 1024],
    ['sessionToken', 65_536],
  ] as const)('have no more characters than that: %s %d', (name, most) => {
    expect(parse({ ...good, [name]: 'x'.repeat(most) }).secrets).toBeDefined();
    expect(parse({ ...good, [name]: 'x'.repeat(most + 1) }).secrets).toBeUndefined();
  });

  it('begin no line, setting or command of their own, in whatever they are written to', () => {
    const special = fc.constantFrom(...'\n\r\0 \t"\'`$;#[]{}<>|&()\\!*?'.split(''));
    const names = fc.constantFrom(...(Object.keys(good) as (keyof typeof good)[]));
    fc.assert(
      fc.property(names, special, fc.nat(8), (name, character, at) => {
        const value = `${good[name].slice(0, at)}${character}${good[name].slice(at)}`;
        const { secrets, masked } = parse({ ...good, [name]: value });
        expect(secrets).toBeUndefined();
        expect(masked).toContain(value);
      }),
    );
  });
});
