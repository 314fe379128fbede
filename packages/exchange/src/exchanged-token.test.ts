import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { ExchangedToken, leaseOf } from './exchanged-token.ts';

const presented = { issuer: 'i', subject: 's', audience: 'a' };
const token = new ExchangedToken('hunter2', { expiresAt: 5, presented });

it('is never printed', () => {
  for (const text of [String(token), JSON.stringify({ token }), inspect({ token }, { showHidden: true, depth: 9 })])
    expect(text).not.toContain('hunter2');
  expect(JSON.stringify({ token })).toBe('{"token":"ExchangedToken()"}');
});

it('is kept fresh by when it expires, and cannot be where nobody says', () => {
  expect(leaseOf(token)).toEqual({ value: 'hunter2', expiresAt: 5 });
  const unknown = new ExchangedToken('hunter2', { expiresAt: undefined, presented });
  expect(() => leaseOf(unknown)).toThrow(expect.objectContaining({ code: 'ANSWER_MALFORMED' }));
});
