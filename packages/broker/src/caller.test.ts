import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLocal, isSecret } from './caller.ts';

const local = (headers: IncomingHttpHeaders) => isLocal({ headers } as IncomingMessage, 4711);

describe('a request of a program on this machine', () => {
  it.each(['127.0.0.1:4711', 'localhost:4711'])('names it as %s', (host) => expect(local({ host })).toBe(true));

  it.each([
    {},
    { host: '127.0.0.1' },
    { host: 'localhost:4712' },
    { host: 'evil.example.com:4711' },
    { host: '127.0.0.1:4711.example.com' },
    { host: '127.0.0.1:4711', origin: 'null' },
    { host: '127.0.0.1:4711', origin: '' },
    { host: '127.0.0.1:4711', 'sec-fetch-site': 'none' },
  ])('is none with %o', (headers) => expect(local(headers)).toBe(false));
});

describe('the secret', () => {
  it('is that text and no other, of whatever length', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(isSecret(one, one)).toBe(true);
        expect(isSecret(other, one)).toBe(one === other);
      }),
    );
  });

  it.each([undefined, ['secret'], ['secret', 'secret']])(
    'is not what a request has twice, or does not have: %j',
    (given) => expect(isSecret(given, 'secret')).toBe(false),
  );
});
