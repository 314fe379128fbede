import { expect, it } from 'vitest';
import { AzureDevOpsProblem } from './azure-devops-problem.ts';
import { Throttle } from './throttle.ts';

it('tells who nears the limit, blocks who is beyond it, and lets in again when the window has passed', () => {
  let now = 1_795_000_000_000;
  const throttle = new Throttle({ requests: 4, seconds: 10 }, () => now);
  expect(throttle.count('one')).toEqual({});
  expect(throttle.count('one')).toMatchObject({ 'x-ratelimit-limit': '4', 'x-ratelimit-remaining': '2' });
  throttle.count('one');
  now += 3_000;
  expect(throttle.count('one')).toMatchObject({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795000013' });
  const blocked = () => {
    try {
      return throttle.count('one');
    } catch (error) {
      return error instanceof AzureDevOpsProblem ? { status: error.status, ...error.headers } : error;
    }
  };
  expect(blocked()).toMatchObject({ status: 429, 'retry-after': '7', 'x-ratelimit-delay': '7' });
  expect(throttle.count('other')).toEqual({});
  now += 7_000;
  expect(blocked()).toMatchObject({ 'x-ratelimit-remaining': '2' });
});

it('without a limit it counts nothing', () => {
  expect(new Throttle(undefined, () => 0).count('one')).toEqual({});
});
