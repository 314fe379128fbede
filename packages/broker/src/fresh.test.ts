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
  answersAfter = 100;
  readonly told = { renewed: 0, failed: 0, gaps: [] as number[] };
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
    return { value: this.acquisitions, expiresAt: this.#now + lifetime };
  };

  fresh(held?: Held<number>, renewUnasked = false): Fresh<number> {
    return new Fresh({ acquire: this.acquire, system: this.system, account: this.account, held, renewUnasked });
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
