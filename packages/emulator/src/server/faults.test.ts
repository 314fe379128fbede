import { describe, expect, it } from 'vitest';
import { type FaultRule, Faults } from './faults.ts';

const request = { service: 'sts', method: 'POST', path: '/', body: 'Action=AssumeRole&x=1' };
const fault = { status: 500 };
const of = (rule: Partial<FaultRule>) => {
  const faults = new Faults();
  const takeBack = faults.inject({ service: 'sts', fault, ...rule });
  return { faults, takeBack, take: () => faults.take(request) };
};

describe('a fault', () => {
  it.each<Partial<FaultRule>>([{}, { method: 'POST' }, { path: '/' }, { path: /^\/$/ }, { body: 'AssumeRole' }])(
    'hits a request that a rule names: %o',
    (rule) => expect(of(rule).take()).toBe(fault),
  );

  it.each<Partial<FaultRule>>([
    { service: 'entra' },
    { method: 'GET' },
    { path: '' },
    { path: '/x' },
    { path: /x/ },
    { body: 'GetCallerIdentity' },
    { method: 'POST', path: '/x' },
  ])('and no other: %o', (rule) => expect(of(rule).take()).toBeUndefined());

  it('hits once, or as often as it is said', () => {
    const once = of({});
    expect([once.take(), once.take()]).toEqual([fault, undefined]);
    const thrice = of({ times: 3 });
    expect([1, 2, 3, 4].map(thrice.take)).toEqual([fault, fault, fault, undefined]);
  });

  it('that is taken back hits no more', () => {
    const { takeBack, take } = of({ times: 9 });
    take();
    takeBack();
    expect(take()).toBeUndefined();
  });

  it('of the oldest rule comes first, and then the next', () => {
    const { faults, take } = of({});
    faults.inject({ service: 'sts', fault: { delayMs: 1 } });
    expect([take(), take(), take()]).toEqual([fault, { delayMs: 1 }, undefined]);
  });
});
