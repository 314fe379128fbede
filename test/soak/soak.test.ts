import { expect, it } from 'vitest';
import { isSampled } from '../harness/sampled.ts';
import { soak } from './soak.ts';

it('no client of a kept credential fails while tokens end, requests go wrong and the cloud has short outages', async () => {
  // Half of a life is more than a busy machine takes to renew; "pnpm soak" has shorter ones.
  const { clients, renewals, exchanges, lifetimes } = await soak({
    seconds: 75,
    lifetime: 60,
    outage: false,
    pause: isSampled ? 3 : 0.3,
  });
  expect(clients.filter(({ failures }) => failures.length > 0)).toEqual([]);
  expect(clients.length).toBeGreaterThanOrEqual(10);
  for (const { name, calls } of clients) if (!name.startsWith('the AWS CLI')) expect(calls, name).toBeGreaterThan(3);
  expect(lifetimes).toBeGreaterThan(10);
  expect(renewals).toBeGreaterThan(10);
  // No more than renewals ask for, and what the steps began with.
  expect(exchanges).toBeLessThanOrEqual(renewals + 12);
});
