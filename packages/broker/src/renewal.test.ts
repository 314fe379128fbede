import { FedbridgeError, type Lease } from '@fedbridge/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Holdings } from './holdings.ts';
import { Renewal } from './renewal.ts';

const lifetime = 3_600_000;
/** How long an answer takes at the most. */
const slowest = 1_000;
const over = new FedbridgeError('DELIVERY_FAILED', 'over');

/** A world in which time passes only when it is told to, and sleepers wake in their order. */
class World {
  #now = 0;
  readonly #sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  acquisitions = 0;
  running = 0;
  mostRunning = 0;
  isDown = false;
  isDenied = false;
  /** The first acquisition that was begun since one broke a guard. */
  goodFrom = 0;
  answersAfter = 100;
  readonly told = { renewed: 0, failed: 0, gaps: [] as number[], denied: [] as string[] };
  /** What a file has that is written with each new one, and removed. */
  file: number | undefined;
  readonly status = {
    denied: (why: string) => this.told.denied.push(why),
    settled: async () => {},
    renewed: () => this.told.renewed++,
    failed: () => this.told.failed++,
    gap: (ms: number) => this.told.gaps.push(ms),
  };
  readonly holdings = new Holdings(this.status);
  readonly system = {
    now: () => this.#now,
    random: () => 0.5,
    sleep: (ms: number) =>
      new Promise<void>((wake) => {
        this.#sleepers.push({ at: this.#now + ms, wake });
      }),
  };

  readonly acquire = async (): Promise<Lease<number>> => {
    this.acquisitions += 1;
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    const [value, isDenied] = [this.acquisitions, this.isDenied];
    await this.system.sleep(this.answersAfter);
    this.running -= 1;
    if (this.isDown) throw new Error('down');
    if (isDenied) {
      this.goodFrom = this.acquisitions + 1;
      throw new FedbridgeError('ID_TOKEN_CLAIM', 'not the one', { breaksGuard: true });
    }
    return { value, expiresAt: this.#now + lifetime };
  };

  fresh(lease?: Lease<number>, renewUnasked = false): Renewal<number> {
    const { acquire, holdings, system, status } = this;
    const file = {
      onNew: async ({ value }: Lease<number>) => {
        this.file = value;
      },
      onDropped: async () => {
        this.file = undefined;
      },
    };
    const all = { acquire: () => holdings.acquire(acquire), system, status, lease, renewUnasked };
    const fresh = new Renewal({ ...all, ...file });
    holdings.add(fresh);
    return fresh;
  }

  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = this.#sleepers.sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.#sleepers.shift();
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    this.#now = end;
  }

  /** What somebody who asks now gets, once the acquisition it may cause is through. */
  async ask(fresh: Renewal<number>): Promise<Lease<number> | Error> {
    const asked = fresh.get().catch((error: Error) => error);
    await this.pass(slowest);
    return asked;
  }
}

describe('Fresh', () => {
  it('acquires once for however many ask at once', async () => {
    const world = new World();
    const fresh = world.fresh();
    const all = Promise.all(Array.from({ length: 100 }, () => fresh.get()));
    await world.pass(100);
    expect(new Set((await all).map(({ value }) => value))).toEqual(new Set([1]));
    expect(world.acquisitions).toBe(1);
  });

  it('answers from memory what the step handed over', async () => {
    const world = new World();
    expect(await world.ask(world.fresh({ value: 0, expiresAt: lifetime }))).toMatchObject({ value: 0 });
    expect(world.acquisitions).toBe(0);
  });

  it('renews in the background with a third of the time left, though nobody waits for it', async () => {
    const world = new World();
    const fresh = world.fresh({ value: 0, expiresAt: lifetime }, true);
    void fresh.keep();
    await world.pass(lifetime * 0.64);
    expect(world.acquisitions).toBe(0);
    await world.pass(lifetime * 0.02);
    expect(world.acquisitions).toBe(1);
    await world.pass(lifetime * 100);
    expect(world.acquisitions).toBeLessThanOrEqual(1 + 100 / 0.6);
    expect(world.told.gaps).toEqual([]);
    void fresh.stop(over);
  });

  it('does not renew what nobody asks for', async () => {
    const world = new World();
    const fresh = world.fresh({ value: 0, expiresAt: lifetime });
    void fresh.keep();
    await world.pass(lifetime * 10);
    expect(world.acquisitions).toBe(0);
    expect(await world.ask(fresh)).toMatchObject({ value: 1 });
    expect(world.told.gaps).toEqual([]);
    void fresh.stop(over);
  });

  it('hands out what is valid while the cloud is down, tries again with backoff, and tells when nothing is left', async () => {
    const world = new World();
    const fresh = world.fresh({ value: 0, expiresAt: lifetime }, true);
    void fresh.keep();
    world.isDown = true;
    await world.pass(lifetime * 0.99);
    expect(await world.ask(fresh)).toMatchObject({ value: 0 });
    expect(world.acquisitions).toBeGreaterThan(3);
    expect(world.acquisitions).toBeLessThan((lifetime * 0.35) / 5_000);
    await world.pass(lifetime * 0.1);
    expect(await world.ask(fresh)).toEqual(new Error('down'));
    world.isDown = false;
    await world.pass(11_000);
    const { expiresAt } = (await world.ask(fresh)) as Lease<number>;
    // From its end on until a new one was there.
    expect(Math.max(...world.told.gaps)).toBe(expiresAt - 2 * lifetime);
    void fresh.stop(over);
  });

  it('a storm of callers with nothing valid left is not a storm of requests', async () => {
    const world = new World();
    world.isDown = true;
    const fresh = world.fresh();
    for (let caller = 0; caller < 1_000; caller += 1) {
      expect(await world.ask(fresh)).toBeInstanceOf(Error);
    }
    // 1,000 calls in 1,000 s: a request every five to ten of them.
    expect(world.acquisitions).toBeLessThan(200);
  });

  describe('asked while what it holds is still valid', () => {
    // With 0.5 as the random number it is renewed with 35 per cent left, and waited for in the last minute.
    const renewAt = lifetime * 0.65;
    const lastCall = lifetime - 60_000;
    const begun = async (ms: number) => {
      const world = new World();
      const fresh = world.fresh({ value: 0, expiresAt: lifetime });
      await world.pass(ms);
      return { world, fresh };
    };
    const settled = async (world: World, asked: Promise<Lease<number>>) => {
      let answer: number | undefined;
      asked.then(({ value }) => {
        answer = value;
      });
      await world.pass(0);
      return answer;
    };

    it('before its time, asks for nothing', async () => {
      const { world, fresh } = await begun(renewAt - 1);
      expect(await settled(world, fresh.get())).toBe(0);
      expect(world.acquisitions).toBe(0);
    });

    it('at its time, hands out what it holds at once and renews', async () => {
      const { world, fresh } = await begun(renewAt);
      expect(await settled(world, fresh.get())).toBe(0);
      expect(world.acquisitions).toBe(1);
      await world.pass(100);
      expect(await settled(world, fresh.get())).toBe(1);
      expect(world.acquisitions).toBe(1);
    });

    it('in the last minute, waits for the renewal', async () => {
      const early = await begun(lastCall - 1);
      expect(await settled(early.world, early.fresh.get())).toBe(0);
      const { world, fresh } = await begun(lastCall);
      const asked = fresh.get();
      expect(await settled(world, asked)).toBeUndefined();
      await world.pass(100);
      expect((await asked).value).toBe(1);
    });

    it('but not for longer than half of what is left, nor for one that fails', async () => {
      const slow = await begun(lastCall);
      slow.world.answersAfter = 50_000;
      const asked = slow.fresh.get();
      await slow.world.pass(29_999);
      expect(await settled(slow.world, asked)).toBeUndefined();
      await slow.world.pass(1);
      expect((await asked).value).toBe(0);
      const { world, fresh } = await begun(lastCall);
      world.isDown = true;
      const failing = fresh.get();
      await world.pass(100);
      expect((await failing).value).toBe(0);
    });

    it('but nothing old is given where the new one breaks a guard', async () => {
      const { world, fresh } = await begun(lastCall);
      world.isDenied = true;
      const asked = expect(fresh.get()).rejects.toThrow('not the one');
      await world.pass(100);
      await asked;
    });

    it('what lives shortly is waited for in the last quarter of its renewal time', async () => {
      const world = new World();
      const fresh = world.fresh({ value: 0, expiresAt: 10_000 });
      // Renewed at 6,500 ms, waited for from 9,125 ms on.
      await world.pass(9_124);
      expect(await settled(world, fresh.get())).toBe(0);
      const other = world.fresh({ value: 0, expiresAt: 10_000 });
      await world.pass(876 - 1);
      expect(await settled(world, other.get())).toBeUndefined();
    });
  });

  it('tells the exact gap, the failures, and whether there never was one', async () => {
    const world = new World();
    const firsts: boolean[] = [];
    const seen: number[] = [];
    const fresh = new Renewal<number>({
      acquire: (isFirst) => {
        firsts.push(isFirst);
        return world.acquire();
      },
      ...{ system: world.system, status: world.status, renewUnasked: false },
      onNew: async ({ value }) => {
        seen.push(value);
      },
    });
    world.isDown = true;
    const refused = fresh.get().catch((error: Error) => error.message);
    await world.pass(100);
    expect(await refused).toBe('down');
    // It is tried again after three quarters of half a second, and not before.
    expect(await world.ask(fresh)).toEqual(new Error('down'));
    expect(world.acquisitions).toBe(1);
    world.isDown = false;
    await world.pass(375);
    expect(await world.ask(fresh)).toMatchObject({ value: 2 });
    expect({ firsts, seen, told: world.told }).toEqual({
      firsts: [true, true],
      seen: [2],
      told: { renewed: 1, failed: 1, gaps: [], denied: [] },
    });
    const end = (await fresh.get()).expiresAt;
    await world.pass(end - world.system.now() + 1_000);
    world.isDown = true;
    expect(await world.ask(fresh)).toEqual(new Error('down'));
    world.isDown = false;
    await world.pass(1_000);
    const asked = fresh.get();
    await world.pass(100);
    await asked;
    expect(world.told.gaps.at(-1)).toBe(1_000 + slowest + 1_000 + 100);
    expect(firsts.slice(2)).toEqual([false, false]);
  });

  it('tells no gap where nobody was given nothing: it failed while there was one, and was asked for again much later', async () => {
    const world = new World();
    const fresh = world.fresh({ value: 0, expiresAt: lifetime });
    await world.pass(lifetime * 0.7);
    world.isDown = true;
    expect(await world.ask(fresh)).toMatchObject({ value: 0 });
    expect(world.told.failed).toBe(1);
    world.isDown = false;
    await world.pass(lifetime * 4);
    expect(await world.ask(fresh)).toMatchObject({ value: 2 });
    await world.pass(lifetime * 4);
    await fresh.stop(over);
    expect(world.told.gaps).toEqual([]);
  });

  it('waits longer from failure to failure, up to ten seconds', async () => {
    const world = new World();
    world.isDown = true;
    world.answersAfter = 0;
    const fresh = world.fresh(undefined, true);
    const at: number[] = [];
    void fresh.keep();
    for (let ms = 0; ms < 60_000; ms += 125) {
      if (world.acquisitions > at.length) at.push(world.system.now());
      await world.pass(125);
    }
    const waits = at.slice(1).map((time, index) => Math.round((time - (at[index] ?? 0)) / 125) * 125);
    expect(waits.slice(0, 6)).toEqual([375, 750, 1500, 3000, 6000, 7500]);
    expect(waits.slice(6).every((ms) => ms === 7500)).toBe(true);
    void fresh.stop(over);
    const { acquisitions } = world;
    await world.pass(60_000);
    expect(world.acquisitions).toBe(acquisitions);
  });

  it('renews once for whoever asked, and then waits to be asked again', async () => {
    const world = new World();
    const fresh = world.fresh({ value: 0, expiresAt: lifetime });
    void fresh.keep();
    await fresh.get();
    await world.pass(lifetime * 0.7);
    expect(world.acquisitions).toBe(1);
    await world.pass(lifetime * 2);
    expect(world.acquisitions).toBe(1);
    void fresh.stop(over);
  });

  it('whatever happens, what is handed out is valid, and one acquisition runs at a time', async () => {
    const event = fc.record({
      wait: fc.integer({ min: 0, max: lifetime }),
      isDown: fc.boolean(),
      answersAfter: fc.integer({ min: 1, max: slowest }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 8 }), fc.boolean(), async (events, renewUnasked) => {
        const world = new World();
        const fresh = world.fresh(undefined, renewUnasked);
        void fresh.keep();
        for (const { wait, isDown, answersAfter } of events) {
          Object.assign(world, { isDown, answersAfter });
          await world.pass(wait);
          const answer = await world.ask(fresh);
          // It was valid when it was given, at the latest a wait for the slowest answer ago.
          if (!(answer instanceof Error)) expect(answer.expiresAt).toBeGreaterThan(world.system.now() - slowest);
        }
        expect(world.mostRunning).toBeLessThanOrEqual(1);
        void fresh.stop(over);
      }),
      { numRuns: 25 },
    );
  });
});

describe('an answer that breaks a guard', () => {
  const denied = { code: 'ID_TOKEN_CLAIM', message: 'not the one' };
  /** Has an acquisition of something else denied. */
  const deny = async (world: World) => {
    world.isDenied = true;
    expect(await world.ask(world.fresh())).toMatchObject(denied);
    world.isDenied = false;
  };

  it('takes away what there is, though it is valid, until there is another that does not', async () => {
    const world = new World();
    const fresh = world.fresh({ value: 7, expiresAt: lifetime });
    expect(await world.ask(fresh)).toMatchObject({ value: 7 });
    await world.pass(lifetime * 0.7);
    world.isDenied = true;
    // Whoever asks when it is renewed may still get the one from before.
    await world.ask(fresh);
    expect(await world.ask(fresh)).toMatchObject(denied);
    world.isDenied = false;
    await world.pass(20_000);
    expect(await world.ask(fresh)).toMatchObject({ value: world.acquisitions });
    expect(world.told.denied).toContain('not the one');
  });

  it('takes away what there is of anything else', async () => {
    const world = new World();
    const all = [1, 2, 3].map((value) => world.fresh({ value, expiresAt: lifetime }));
    await deny(world);
    world.isDown = true;
    for (const one of all) expect(await world.ask(one)).toEqual(new Error('down'));
    world.isDown = false;
    await world.pass(1_000);
    for (const one of all) expect(await world.ask(one)).toMatchObject({ value: world.acquisitions });
  });

  it('takes away what is on its way', async () => {
    const world = new World();
    world.answersAfter = slowest;
    const fresh = world.fresh();
    const asked = expect(fresh.get()).rejects.toMatchObject(denied);
    world.answersAfter = 100;
    await deny(world);
    await asked;
    expect(world.file).toBeUndefined();
  });

  it('takes away what is on its way to somebody who is given it as it comes', async () => {
    const world = new World();
    world.answersAfter = slowest;
    const asked = expect(world.holdings.acquire(world.acquire)).rejects.toMatchObject(denied);
    world.answersAfter = 100;
    await deny(world);
    await asked;
  });

  it('takes away what is being written to a file', async () => {
    const world = new World();
    const fresh = new Renewal({
      acquire: () => world.holdings.acquire(world.acquire),
      ...{ system: world.system, status: world.status, renewUnasked: false },
      onNew: () => world.system.sleep(slowest),
    });
    world.holdings.add(fresh);
    const asked = expect(fresh.get()).rejects.toMatchObject(denied);
    await world.pass(200);
    await deny(world);
    await world.pass(slowest);
    await asked;
    expect(world.told.renewed).toBe(0);
  });

  it('takes away what somebody is about to be given who waits for a newer one', async () => {
    const world = new World();
    const fresh = world.fresh({ value: 0, expiresAt: lifetime });
    await world.pass(lifetime - 60_000);
    world.answersAfter = 100_000;
    const asked = expect(fresh.get()).rejects.toMatchObject(denied);
    world.answersAfter = 100;
    await deny(world);
    await world.pass(30_000);
    await asked;
  });

  it('takes away the file that has one, which is there again once a new one is', async () => {
    const world = new World();
    const fresh = world.fresh(undefined, true);
    void fresh.keep();
    await world.pass(slowest);
    expect(world.file).toBe(1);
    world.isDenied = true;
    void world
      .fresh()
      .get()
      .catch(() => {});
    await world.pass(150);
    expect(world.file).toBeUndefined();
    world.isDenied = false;
    await world.pass(slowest);
    expect(world.file).toBe(world.acquisitions);
    await fresh.stop(over);
    expect(world.file).toBeUndefined();
  });

  it('begins a gap, which ends with the next or, at the latest, with the job', async () => {
    const world = new World();
    const [one, other] = [1, 2].map((value) => world.fresh({ value, expiresAt: lifetime }));
    await world.pass(1_000);
    await deny(world);
    const deniedAt = world.system.now() - slowest + 100;
    // Nobody missed it yet.
    expect(world.told.gaps).toEqual([]);
    world.isDown = true;
    await world.ask(one as Renewal<number>);
    await world.pass(5_000);
    world.isDown = false;
    const { expiresAt } = (await world.ask(one as Renewal<number>)) as Lease<number>;
    expect(Math.max(...world.told.gaps)).toBe(expiresAt - lifetime - deniedAt);
    world.isDown = true;
    await world.pass(lifetime / 4);
    world.answersAfter = slowest;
    await world.ask(other as Renewal<number>);
    expect(Math.max(...world.told.gaps)).toBe(world.system.now() - deniedAt);
    await world.pass(100);
    await expect((other as Renewal<number>).get()).rejects.toThrow('down');
    const missedAt = world.system.now();
    await world.pass(lifetime / 2);
    await world.holdings.stop(over);
    // Nobody asked since.
    expect(Math.max(...world.told.gaps)).toBe(missedAt - deniedAt);
  });

  it('is never followed by what was asked for before, whatever happens', async () => {
    const event = fc.record({
      wait: fc.oneof(fc.integer({ min: 0, max: 2 * slowest }), fc.integer({ min: 0, max: lifetime })),
      of: fc.integer({ min: 0, max: 2 }),
      isDenied: fc.boolean(),
      answersAfter: fc.integer({ min: 1, max: 3 * slowest }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 12 }), async (events) => {
        const world = new World();
        const all = [false, true, false].map((renewUnasked) => world.fresh(undefined, renewUnasked));
        for (const one of all) void one.keep();
        const old: number[] = [];
        const judge = (value: number) => {
          if (value < world.goodFrom) old.push(value);
        };
        for (const { wait, of, isDenied, answersAfter } of events) {
          Object.assign(world, { isDenied, answersAfter });
          all[of]?.get().then(
            ({ value }) => judge(value),
            () => {},
          );
          await world.pass(wait);
          judge(world.file ?? world.goodFrom);
        }
        expect(old).toEqual([]);
        await world.holdings.stop(over);
      }),
      { numRuns: 100 },
    );
  });
});

describe('what is stopped', () => {
  it('gives nothing, acquires nothing, and what is added later neither', async () => {
    const world = new World();
    const fresh = world.fresh({ value: 0, expiresAt: lifetime });
    await world.holdings.stop(over);
    for (const one of [fresh, world.fresh({ value: 0, expiresAt: lifetime }), world.fresh()]) {
      expect(await world.ask(one)).toBe(over);
    }
    await expect(world.holdings.acquire(world.acquire)).rejects.toBe(over);
    expect(world.acquisitions).toBe(0);
  });
});
