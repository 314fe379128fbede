import { FedbridgeError, HttpClient, realSystem } from '@fedbridge/core';
import { afterAll, describe, expect, it } from 'vitest';
import { quietOutbound } from '../../../../test/harness/outbound.ts';
import { accountIdsIn, failingWithoutAccounts, withoutAccounts } from './account-ids.ts';

const http = new HttpClient({});
afterAll(() => http.close());

/** What is masked and what is shown, in that order. */
function watched() {
  const events: string[] = [];
  const show = (line: string) => events.push(line);
  const outbound = quietOutbound(
    { http, deadline: 0, maxAttempts: 1, log: show, debug: show, mask: (secret) => events.push(`mask ${secret}`) },
    realSystem({}),
  );
  return { events, outbound };
}

describe('an account id', () => {
  it.each([
    ['arn:aws:iam::123456789012:role/deploy', ['123456789012']],
    ['123456789012,210987654321', ['123456789012', '210987654321']],
    ['x123456789012y', ['123456789012']],
    ['1234567890123 and 12345678901', []],
    ['', []],
  ])('is any twelve digits: %j has %j', (text, ids) => expect(accountIdsIn(text)).toEqual(ids));
});

describe('where accounts are to be hidden', () => {
  it('each that a line names is masked before the line is shown', () => {
    const { events, outbound } = watched();
    const { log, debug } = withoutAccounts(outbound);
    log('from 123456789012 to 210987654321');
    debug('asked 123456789012');
    expect(events).toEqual([
      'mask 123456789012',
      'mask 210987654321',
      'from 123456789012 to 210987654321',
      'mask 123456789012',
      'asked 123456789012',
    ]);
  });

  it('each that an error names is masked before anybody is shown it, wherever it does', async () => {
    const { events, outbound } = watched();
    const error = new FedbridgeError('EXCHANGE_REFUSED', 'No 111111111111.', {
      answer: 'by 222222222222',
      hint: 'See 333333333333.',
    });
    await expect(failingWithoutAccounts(outbound, () => Promise.reject(error))).rejects.toBe(error);
    expect(events).toEqual(['mask 111111111111', 'mask 222222222222', 'mask 333333333333']);
  });

  it('what nobody foresaw, and what went well, pass as they are', async () => {
    const { outbound } = watched();
    const defect = new TypeError('123456789012');
    await expect(failingWithoutAccounts(outbound, () => Promise.reject(defect))).rejects.toBe(defect);
    expect(await failingWithoutAccounts(outbound, async () => 7)).toBe(7);
  });
});
