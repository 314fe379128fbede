import { type Emulator, startEmulator } from '@fedbridge/emulator';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InMemory } from '../harness/in-memory.ts';
import type { MemoryHost } from '../harness/memory-host.ts';
import type { Variables } from '../harness/process.ts';
import { sampledCount } from '../harness/sampled.ts';
import { ids, namedRoles, role, sharedSetup } from '../harness/setup.ts';
import { Home, identitiesOf, wipe } from '../harness/shared-machine.ts';
import { type Platform, platforms, type StepName } from '../harness/ways.ts';

let emulator: Emulator;
let inMemory: InMemory;
beforeAll(async () => {
  emulator = await startEmulator({ setup: sharedSetup });
  inMemory = new InMemory(emulator);
});
afterAll(() => emulator.close());

/** What a job is given: by its number, since no two have the same name for a profile unless they say so. */
type Delivery = (job: number) => Variables;

const roles = [role, namedRoles.plan, namedRoles.Audit_2] as const;
const as = (job: number) => ({ roleToAssume: roles[job] ?? role });
const login = (exports: string) => () => ({ export: exports, subscriptionId: ids.subscription });

/** In the user's own files under one name: of these the last one wins. */
const sameProfile: Readonly<Record<string, Delivery>> = {
  'a profile that both name': (job) => ({ ...as(job), awsProfile: 'ci', overwriteAwsProfile: 'true' }),
  "the user's own profile": (job) => ({ ...as(job), awsProfile: 'corp', overwriteAwsProfile: 'true' }),
  "the user's default profile": (job) => ({ ...as(job), awsProfile: 'default', overwriteAwsProfile: 'true' }),
};
const deliveries: Readonly<Record<StepName, Readonly<Record<string, Delivery>>>> = {
  'aws-credentials': {
    environment: as,
    'kept fresh': (job) => ({ ...as(job), keepFresh: 'true' }),
    outputs: (job) => ({ ...as(job), outputCredentials: 'true', outputEnvCredentials: 'false' }),
    roles: (job) => ({ ...as(job), roles: `named-one = ${roles[(job + 1) % 3]}\nnamed-two = ${roles[(job + 2) % 3]}` }),
    'a profile of its own': (job) => ({ ...as(job), awsProfile: `ci-${job}` }),
    ...sameProfile,
  },
  'entra-token': {
    'azure-cli': login('azure-cli'),
    'azure-powershell': login('azure-powershell'),
    terraform: login('terraform\nazure-sdk'),
    'azure-sdk': login('azure-sdk'),
    'azure-devops': login('azure-devops'),
    all: login('azure-cli\nazure-powershell\nterraform\nazure-sdk\nazure-devops'),
  },
  'id-token': {},
  'token-exchange': {},
};

interface Job {
  readonly step: StepName;
  readonly platform: Platform;
  readonly delivery: string;
  /** What becomes of it in the end. */
  readonly end: 'clean-up' | 'crash';
}

/** All orders in which jobs begin and end, one by one or at once: each moment is the numbers of the jobs that move on in it. */
function ordersOf(left: readonly number[]): (readonly number[])[][] {
  if (left.every((moves) => moves === 0)) return [[]];
  const movable = left.flatMap((moves, job) => (moves > 0 ? [job] : []));
  const sets = Array.from({ length: 2 ** movable.length - 1 }, (_, bits) => bits + 1);
  const subsets = sets.map((bits) => movable.filter((_, at) => (bits >> at) % 2 === 1));
  return subsets.flatMap((moving) =>
    ordersOf(left.map((moves, job) => (moving.includes(job) ? moves - 1 : moves))).map((rest) => [moving, ...rest]),
  );
}

interface Running {
  readonly host: MemoryHost;
  readonly identities: readonly string[];
  /** When it began: of those that began at once, nobody knows which wrote last. */
  readonly moment: number;
}

/** Plays jobs of one user on one machine, and sees after each moment that each job that runs is who it was. */
async function play(jobs: readonly Job[], order: readonly (readonly number[])[]): Promise<void> {
  const home = new Home();
  const running = new Map<number, Running>();
  for (const [moment, moving] of order.entries()) {
    const began: { readonly job: number; readonly host: MemoryHost }[] = [];
    await Promise.all(
      moving.map(async (job) => {
        const one = jobs[job] as Job;
        const before = running.get(job);
        if (before === undefined) began.push({ job, host: await begin(one, job, home) });
        else {
          running.delete(job);
          await end(one, before.host);
        }
      }),
    );
    for (const { job, host } of began) running.set(job, { host, identities: await who(host, home), moment });
    await expectOwn(jobs, running, home);
  }
  const left = home.changed();
  if (!jobs.some((one) => one.end === 'crash' && isInHome(one.delivery))) expect(left).toEqual({});
  // The user named a profile, and the job crashed: that is what is left, and what it held is there for the user to bring back.
  for (const [file, text] of Object.entries(left)) {
    expect(file).toMatch(/^\.aws\/(credentials|config)$/);
    const own = file.endsWith('config') ? ['  max_queue_size = 1'] : ['AKIACORP', 'AKIAMINE'];
    for (const line of own) expect(text).toContain(line);
  }
}

async function end({ step, end: how }: Job, host: MemoryHost): Promise<void> {
  if (how === 'clean-up') {
    await inMemory.cleanUp(step, host);
    expect(host.error).toBeUndefined();
    expect(host.files()).toEqual([]);
  }
  wipe(host);
}

const isInHome = (delivery: string) => delivery in sameProfile || delivery === 'a profile of its own';

async function begin({ step, platform, delivery }: Job, job: number, home: Home): Promise<MemoryHost> {
  const way = platform;
  const inputs: Variables = deliveries[step][delivery]?.(job) ?? {};
  const changed = { inputs, environment: { HOME: home.path }, system: home.tools() };
  const { host } = await inMemory.play({ step, way, platform }, changed);
  expect(host.error?.message).toBeUndefined();
  return host;
}

const who = (host: MemoryHost, home: Home) => identitiesOf(host, home.path, emulator);

/** Each is who it was; of those of one profile in the user's files, each is the one that wrote last. */
async function expectOwn(jobs: readonly Job[], running: ReadonlyMap<number, Running>, home: Home): Promise<void> {
  for (const [job, { host, identities }] of running) {
    const { step, delivery } = jobs[job] as Job;
    const now = await who(host, home);
    expect(now.length).toBeGreaterThan(0);
    if (!(delivery in sameProfile)) expect(now).toEqual(identities);
    if (step !== 'aws-credentials') continue;
    // One that crashed is in the user's files until the user takes it out.
    const rivals = jobs.flatMap((one, other) => (one.delivery === delivery && one.end === 'crash' ? [other] : []));
    const live = [...running].filter(([other]) => jobs[other]?.delivery === delivery);
    const lastMoment = Math.max(...live.map(([, { moment }]) => moment));
    const last = live.flatMap(([other, { moment }]) => (moment === lastMoment ? [other] : []));
    const possible = delivery in sameProfile ? [...last, ...rivals] : [job];
    expect(possible.map((other) => roles[other]?.split('/')[1])).toContain(now[0]?.split(' ')[0]);
  }
}

const pairs = (['aws-credentials', 'entra-token'] as const).flatMap((step) => {
  const names = Object.keys(deliveries[step]);
  return names.flatMap((one, at) => names.slice(at).map((other) => ({ step, one, other, turn: at })));
});
// Each of those that are kept fresh starts a process.
const cheap = pairs.filter(({ one, other }) => one === other || ![one, other].includes('kept fresh'));
const orders = ordersOf([2, 2]);
const ends = [
  ['clean-up', 'clean-up'],
  ['clean-up', 'crash'],
  ['crash', 'clean-up'],
] as const;

describe('two jobs of one user on one machine', () => {
  it.each(cheap)('$step: $one and $other, at every order of beginning and end', async ({ step, one, other, turn }) => {
    for (const [index, order] of orders.entries()) {
      // A process for each.
      if (one === 'kept fresh' && index % 4 !== 0) continue;
      // Platforms and ends take turns.
      const [first, second] = ends[(index + turn) % ends.length] ?? ends[0];
      const on = (at: number) => platforms[(index + turn + at * (index >> 1)) % 2] ?? 'github';
      await play(
        [
          { step, delivery: one, platform: on(0), end: first },
          { step, delivery: other, platform: on(1), end: second },
        ],
        order,
      );
    }
  });
});

describe('three jobs of one user on one machine', () => {
  it('each of any step, platform and delivery: each is itself while it runs, and the home is as before', async () => {
    const job = fc.constantFrom(...(['aws-credentials', 'entra-token'] as const)).chain((step) =>
      fc.record({
        step: fc.constant(step),
        platform: fc.constantFrom(...platforms),
        delivery: fc.constantFrom(...Object.keys(deliveries[step])),
        end: fc.constantFrom('clean-up' as const, 'clean-up' as const, 'crash' as const),
      }),
    );
    const jobs = fc.tuple(job, job, job);
    await fc.assert(fc.asyncProperty(jobs, fc.constantFrom(...ordersOf([2, 2, 2])), play), {
      numRuns: sampledCount(20),
    });
  });
});
