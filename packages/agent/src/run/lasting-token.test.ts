import { realSystem } from '@fedbridge/core';
import { AccessToken, parseResource } from '@fedbridge/entra';
import { describe, expect, it } from 'vitest';
import { lastingToken } from './lasting-token.ts';
import { StoppableWaits } from './stoppable-waits.ts';

const minute = 60_000;

/** A pod whose tokens are exchanged for access tokens that live for an hour. */
function pod() {
  const world = { now: 0, isExchanged: true, exchanges: 0, usual: 'usual' };
  const abort = new AbortController();
  const waits = new StoppableWaits({ ...realSystem({}), now: () => world.now }, abort.signal);
  const token = (value: string) =>
    new AccessToken(value, {
      resource: parseResource('499b84ac-1321-427f-aa17-267ca6975798'),
      ...{ expiresAt: world.now + 60 * minute, presented: undefined },
    });
  const exchange = async (value: string) => {
    if (!world.isExchanged) throw new Error('the token of the pod has expired');
    world.exchanges += 1;
    return token(value);
  };
  const tokens = {
    accessToken: async () => token(world.usual),
    newAccessToken: () => exchange(`new at ${world.now / minute}`),
  };
  const lasting = lastingToken(tokens, waits);
  return { world, abort, value: async () => (await lasting()).reveal() };
}

describe('access tokens of a run', () => {
  it('are the usual ones until the end is asked for, and newer ones every two minutes from then on', async () => {
    const { world, abort, value } = pod();
    expect(await value()).toBe('usual');
    abort.abort();
    const values: string[] = [];
    for (; world.now < 5 * minute; world.now += minute) values.push(await value());
    expect(values).toEqual(['new at 0', 'new at 0', 'new at 2', 'new at 2', 'new at 4']);
  });

  it('the last one serves until it expires, when there is no further one', async () => {
    const { world, abort, value } = pod();
    abort.abort();
    await value();
    world.now = 10 * minute;
    await value();
    world.isExchanged = false;
    for (const at of [20, 40, 69]) {
      world.now = at * minute;
      expect(await value()).toBe('new at 10');
    }
    world.now = 72 * minute;
    await expect(value()).rejects.toThrow('has expired');
  });

  it('if there was none from the start, the usual one serves', async () => {
    const { world, abort, value } = pod();
    world.isExchanged = false;
    abort.abort();
    expect([await value(), await value()]).toEqual(['usual', 'usual']);
    world.isExchanged = true;
    expect(await value()).toBe('new at 0');
  });
});
