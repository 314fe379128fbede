import { describe, expect, it } from 'vitest';
import type { Lease } from './lease.ts';
import { Refresher, renewed } from './refresher.ts';

describe('a value that is renewed when somebody asks', () => {
  const world = () => {
    const state = { now: 0, asked: 0, fails: false };
    const acquire = async () => {
      state.asked += 1;
      if (state.fails) throw new Error('down');
      return { value: state.asked, expiresAt: state.now + 100 };
    };
    return { state, get: renewed(acquire, 30, { now: () => state.now }) };
  };

  it('is one for all who ask, until it has too little time left', async () => {
    const { state, get } = world();
    expect(await Promise.all([get(), get(), get()])).toEqual([1, 1, 1]);
    state.now = 69;
    expect(await get()).toBe(1);
    state.now = 70;
    expect(await Promise.all([get(), get(), get()])).toEqual([2, 2, 2]);
  });

  it('is asked for anew where that failed, by whoever asks next', async () => {
    const { state, get } = world();
    state.fails = true;
    expect(await Promise.allSettled([get(), get()])).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    expect(state.asked).toBe(1);
    state.fails = false;
    expect(await get()).toBe(2);
  });
});

describe('a value that is renewed when its holder says so', () => {
  const world = (lease?: Lease<number>) => {
    const answers: { readonly give: (value: number) => void; readonly fail: (error: Error) => void }[] = [];
    const heard: unknown[] = [];
    const refresher = new Refresher<number>({
      acquire: () =>
        new Promise((resolve, fail) => {
          answers.push({ give: (value) => resolve({ value, expiresAt: 100 }), fail });
        }),
      lease,
      onRenewed: ({ value }) => heard.push(value),
      onFailed: (error) => heard.push(error),
    });
    return { refresher, answers, heard };
  };

  it('is acquired once at a time, and each outcome is heard of once', async () => {
    const { refresher, answers, heard } = world({ value: 0, expiresAt: 50 });
    expect(refresher.lease?.value).toBe(0);
    const both = [refresher.renew(), refresher.renew()];
    answers[0]?.give(1);
    expect((await Promise.all(both)).map(({ value }) => value)).toEqual([1, 1]);
    const down = new Error('down');
    const failing = [refresher.renew(), refresher.renew()];
    answers[1]?.fail(down);
    await Promise.all(failing.map((one) => expect(one).rejects.toBe(down)));
    expect({ asked: answers.length, heard, lease: refresher.lease?.value }).toEqual({
      asked: 2,
      heard: [1, down],
      lease: 1,
    });
  });

  it.each(['comes', 'fails'])(
    'is given to nobody once it is dropped, though it %s later; the next one is',
    async (how) => {
      const { refresher, answers, heard } = world({ value: 0, expiresAt: 50 });
      const asked = refresher.renew();
      const over = new Error('over');
      refresher.drop(over);
      expect(refresher.lease).toBeUndefined();
      if (how === 'comes') answers[0]?.give(1);
      else answers[0]?.fail(new Error('down'));
      await expect(asked).rejects.toBe(over);
      expect({ heard, lease: refresher.lease }).toEqual({ heard: [over], lease: undefined });
      const next = refresher.renew();
      answers[1]?.give(2);
      expect((await next).value).toBe(2);
      expect(refresher.lease?.value).toBe(2);
    },
  );
});
