import { FedbridgeError } from '@fedbridge/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fresh, type Held } from './fresh.ts';

const lifetime = 3_600_000;
/** How long an answer takes at the most. */
const slowest = 1_000;

/** A world in which time passes only when it is told to, and sleepers wake in their order. */
class World {
  #now = 0;
  readonly #sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  acquisitions = 0;
  running = 0;
  mostRunning = 0;
  isDown = false;
  isDenied = false;
  answersAfter = 100;
  readonly told = { renewed: 0, failed: 0, gaps: [] as number[] };
  readonly denials: string[] = [];
  readonly onDenied = async () => {
    this.denials.push('told');
  };
  readonly account = {
    renewed: () => this.told.renewed++,
    failed: () => this.told.failed++,
    gap: (ms: number) => this.told.gaps.push(ms),
  };
  readonly system = {
    now: () => this.#now,
    random: () => 0.5,
    sleep: (ms: number) =>
      new Promise<void>((wake) => {
        this.#sleepers.push({ at: this.#now + ms, wake });
      }),
  };

  readonly acquire = async (): Promise<Held<number>> => {
    this.acquisitions += 1;
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    await this.system.sleep(this.answersAfter);
    this.running -= 1;
    if (this.isDown) throw new Error('down');
    if (this.isDenied) throw new FedbridgeError('ID_TOKEN_CLAIM', 'not the one', { breaksGuard: true });
    return { value: this.acquisitions, expiresAt: this.#now + lifetime };
  };

  fresh(held?: Held<number>, renewUnasked = false): Fresh<number> {
    const { acquire, system, account, onDenied } = this;
    return new Fresh({ acquire, system, account, onDenied, held, renewUnasked });
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
  async ask(fresh: Fresh<number>): Promise<Held<number> | Error> {
    const asked = fresh.get().catch((error: Error) => error);
    await this.pass(slowest);
    return asked;
  }
}

describe('Fresh', () => {
  it('hands out nothing, though it is valid, once a new one is not what is required, until one is', async () => {
    const world = new World();
    const fresh = world.fresh({ value: 7, expiresAt: lifetime });
    expect(await world.ask(fresh)).toMatchObject({ value: 7 });
    await world.pass(lifetime * 0.7);
    world.isDenied = true;
    // Whoever asks when it is renewed may still get the one from before.
    await world.ask(fresh);
    expect(await world.ask(fresh)).toMatchObject({ code: 'ID_TOKEN_CLAIM' });
    expect(world.denials).not.toEqual([]);
    world.isDenied = false;
    await world.pass(20_000);
    expect(await world.ask(fresh)).toMatchObject({ value: world.acquisitions });
  });

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
    fresh.stop();
  });

  it('does not renew what nobody asks for', async () => {
    const world = new World();
    const fresh = world.fresh({ value: 0, expiresAt: lifetime });
    void fresh.keep();
    await world.pass(lifetime * 10);
    expect(world.acquisitions).toBe(0);
    expect(await world.ask(fresh)).toMatchObject({ value: 1 });
    expect(world.told.gaps).toEqual([]);
    fresh.stop();
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
    expect(await world.ask(fresh)).toMatchObject({ value: expect.any(Number), expiresAt: expect.any(Number) });
    expect(world.told.gaps).toHaveLength(1);
    fresh.stop();
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
    const settled = async (world: World, asked: Promise<Held<number>>) => {
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
    const fresh = new Fresh<number>({
      acquire: (isFirst) => {
        firsts.push(isFirst);
        return world.acquire();
      },
      ...{ system: world.system, account: world.account, renewUnasked: false },
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
      told: { renewed: 1, failed: 1, gaps: [] },
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
    expect(world.told.gaps).toEqual([1_000 + slowest + 1_000 + 100]);
    expect(firsts.slice(2)).toEqual([false, false]);
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
    fresh.stop();
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
    fresh.stop();
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
        fresh.stop();
      }),
      { numRuns: 25 },
    );
  });
});
