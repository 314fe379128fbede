/**
 * Ten thousand jobs that start within a second, in virtual time, against services that throttle: our retry, as it is shipped, beside
 * others. A service has a bucket of requests that fills at a steady rate; who finds it empty is told 429, or 400 "Throttling".
 */
import { FedbridgeError, HttpClient, retry } from '@fedbridge/core';
import { quietOutbound } from '../harness/outbound.ts';
import { table, writeFigures } from './pages.ts';

const jobs = 10_000;
const giveUpMs = 120_000;
const attempts = 10;
const http = new HttpClient({});

/** Time that passes when everybody sleeps, a millisecond at a step. */
class World {
  now = 0;
  readonly #sleepers = new Map<number, (() => void)[]>();
  #seed = 1;

  readonly random = () => {
    // Mulberry32: the same jobs for every policy.
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };

  readonly sleep = (ms: number) =>
    new Promise<void>((wake) => {
      const at = this.now + Math.max(1, Math.ceil(ms));
      this.#sleepers.set(at, [...(this.#sleepers.get(at) ?? []), wake]);
    });

  async run(untilMs: number): Promise<void> {
    for (; this.now < untilMs && this.#sleepers.size > 0; this.now += 1) {
      const woken = this.#sleepers.get(this.now);
      if (!woken) continue;
      this.#sleepers.delete(this.now);
      for (const wake of woken) wake();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

interface Limits {
  /** Requests a second, and how many at once beyond that. */
  readonly rate: number;
  readonly burst: number;
  /** What it asks to wait, in s; nothing where it does not say. */
  readonly retryAfter?: number;
}

class Throttled {
  readonly arrivals: number[] = [];
  readonly #world: World;
  readonly #limits: Limits;
  readonly #isDown: () => boolean;
  #left: number;
  #filledAt = 0;

  constructor(world: World, limits: Limits, isDown: () => boolean) {
    this.#world = world;
    this.#limits = limits;
    this.#isDown = isDown;
    this.#left = limits.burst;
  }

  async request(): Promise<void> {
    const { rate, burst, retryAfter } = this.#limits;
    await this.#world.sleep(20 + 30 * this.#world.random());
    const { now } = this.#world;
    this.arrivals.push(now);
    this.#left = Math.min(burst, this.#left + ((now - this.#filledAt) * rate) / 1000);
    this.#filledAt = now;
    if (this.#isDown()) throw new FedbridgeError('UNAVAILABLE', 'HTTP 503.', { recovery: 'transient' });
    if (this.#left >= 1) {
      this.#left -= 1;
      return;
    }
    throw new FedbridgeError('UNAVAILABLE', 'HTTP 429.', {
      recovery: 'transient',
      ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter * 1000 }),
    });
  }
}

type Policy = (world: World, attempt: () => Promise<void>) => Promise<void>;

/** Tries again after so many ms, or gives up. */
const waiting =
  (most: number, wait: (attempt: number, world: World) => number): Policy =>
  async (world, attempt) => {
    for (let tried = 1; ; tried += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (tried >= most) throw error;
        await world.sleep(wait(tried, world));
      }
    }
  };

const policies: Readonly<Record<string, Policy>> = {
  '**Fedbridge**: equal jitter, 0.5 s doubling to 10 s, Retry-After': (world, attempt) => {
    const outbound = quietOutbound(
      { http, deadline: giveUpMs, maxAttempts: attempts },
      { now: () => world.now, random: world.random, sleep: world.sleep },
    );
    return retry(outbound, attempt);
  },
  'full jitter, 0.5 s doubling to 10 s, 10 attempts': waiting(
    attempts,
    (n, { random }) => random() * Math.min(10_000, 500 * 2 ** (n - 1)),
  ),
  'fixed: 1 s, 10 attempts': waiting(attempts, () => 1_000),
  'fixed: 10 s, 10 attempts': waiting(attempts, () => 10_000),
  'exponential without jitter: 0.5 s doubling to 10 s': waiting(attempts, (n) => Math.min(10_000, 500 * 2 ** (n - 1))),
  // aws-actions/configure-aws-credentials, README and src/helpers.ts: 12 attempts, a random time up to 2^n × 50 ms.
  'configure-aws-credentials: full jitter, 50 ms doubling, 12 attempts': waiting(
    12,
    (n, { random }) => random() * 2 ** (n - 1) * 50,
  ),
  // The default of the AWS SDKs ("standard"): three attempts, full jitter, 100 ms doubling to 20 s.
  'AWS SDK, standard: full jitter, 100 ms doubling, 3 attempts': waiting(
    3,
    (n, { random }) => random() * Math.min(20_000, 100 * 2 ** n),
  ),
  'no retry': waiting(1, () => 0),
};

interface Scenario {
  readonly title: string;
  /** When the exchange is down, in ms. */
  readonly outage: readonly [number, number];
  readonly exchange: Limits;
}

const scenarios: readonly Scenario[] = [
  {
    title: 'STS at 600 requests a second, which does not say how long to wait',
    outage: [0, 0],
    exchange: { rate: 600, burst: 600 },
  },
  {
    title: 'Entra at 600 requests a second, which asks to wait 5 s',
    outage: [0, 0],
    exchange: { rate: 600, burst: 600, retryAfter: 5 },
  },
  { title: 'the same STS after an outage of 20 s', outage: [0, 20_000], exchange: { rate: 600, burst: 600 } },
];

async function play(policy: Policy, { outage: [from, to], exchange }: Scenario) {
  const world = new World();
  const tokens = new Throttled(world, { rate: 1_000, burst: 1_000 }, () => false);
  const clouds = new Throttled(world, exchange, () => world.now >= from && world.now < to);
  const done: number[] = [];
  let failed = 0;
  for (let job = 0; job < jobs; job += 1) {
    void (async () => {
      await world.sleep(world.random() * 1_000);
      try {
        await policy(world, () => tokens.request());
        await policy(world, () => clouds.request());
        done.push(world.now);
      } catch {
        failed += 1;
      }
    })();
  }
  await world.run(10 * giveUpMs);
  done.sort((a, b) => a - b);
  return {
    failed,
    half: done[Math.floor(done.length / 2)] ?? Number.NaN,
    last: done.at(-1) ?? Number.NaN,
    perSuccess: (tokens.arrivals.length + clouds.arrivals.length) / Math.max(1, done.length),
    largest: largestSecond(clouds.arrivals.filter((at) => at >= to)),
  };
}

function largestSecond(arrivals: readonly number[]): number {
  const sorted = [...arrivals].sort((a, b) => a - b);
  let [largest, first] = [0, 0];
  for (const [index, at] of sorted.entries()) {
    while ((sorted[first] ?? at) < at - 1_000) first += 1;
    largest = Math.max(largest, index - first + 1);
  }
  return largest;
}

const sections: string[] = [];
for (const scenario of scenarios) {
  const rows: string[][] = [];
  for (const [name, policy] of Object.entries(policies)) {
    const { failed, half, last, perSuccess, largest } = await play(policy, scenario);
    const seconds = (ms: number) => (Number.isNaN(ms) ? '—' : `${(ms / 1000).toFixed(1)} s`);
    rows.push([name, seconds(half), seconds(last), String(failed), perSuccess.toFixed(2), String(largest)]);
  }
  const head = [
    'policy',
    'half have credentials',
    'the last',
    'jobs that fail',
    'requests per success',
    'most in a second',
  ];
  sections.push(`### ${scenario.title}`, table(head, rows));
}
http.close();
writeFigures('performance.md', 'scale', sections.join('\n\n'));
