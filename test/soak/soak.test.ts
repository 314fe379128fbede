import { expect, it } from 'vitest';
import { soak } from './soak.ts';

it('no client of a kept credential fails while tokens end, requests go wrong and the cloud has short outages', async () => {
  const { clients, renewals, exchanges, lifetimes } = await soak({ seconds: 22, outage: false });
  expect(clients.filter(({ failures }) => failures.length > 0)).toEqual([]);
  expect(clients.length).toBeGreaterThanOrEqual(10);
  for (const { name, calls } of clients) if (!name.startsWith('the AWS CLI')) expect(calls, name).toBeGreaterThan(10);
  expect(lifetimes).toBeGreaterThan(20);
  expect(renewals).toBeGreaterThan(15);
  // No more than renewals ask for, and what the steps began with.
  expect(exchanges).toBeLessThanOrEqual(renewals + 12);
}, 90_000);
