import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atOnce } from './aws/at-once.ts';
import { type Cell, type Cells, deliveriesOn, platforms, startCells } from './aws/cells.ts';
import { clients } from './aws/clients.ts';
import { limits } from './aws/limits.ts';

/** Minutes of a free machine are many of a busy one. */
const longest = 30 * 60_000;

let world: Cells;
/** Who each client is in each cell, by its title. */
const callers = new Map<string, ReadonlyMap<Cell, string>>();

beforeAll(async () => {
  world = await startCells();
  const there = clients.filter(({ missing }) => missing === undefined);
  await atOnce(2, there, async ({ title, onFewMachines, callerIdentities }) => {
    const cells = world.cells.filter(({ machine }) => !onFewMachines || machine.forEveryClient);
    const environments = cells.map(({ environment }) => environment);
    const all = await callerIdentities(environments, world);
    callers.set(title, new Map(cells.map((cell, index) => [cell, all[index] ?? ''])));
  });
}, longest);
afterAll(() => world[Symbol.asyncDispose](), longest);

// Not by "each", of which a sample would skip what the world above was made for.
for (const { platform } of platforms) {
  const here = deliveriesOn(platform);

  describe(`what ${platform} delivers`, () => {
    for (const { title } of here)
      it(`${title}: the step ends well on every machine`, () => {
        const failed = world.failed.filter((one) => one.platform === platform && one.delivery.title === title);
        expect(failed.map(({ machine, error }) => `${machine.title}: ${error}`)).toEqual([]);
      });
  });

  for (const { title: client, missing } of clients) {
    const title = missing === undefined ? 'is who the step is, on every machine' : `is tried (skipped: ${missing})`;
    describe.skipIf(missing !== undefined)(`${client} ${title}, ${platform}`, () => {
      for (const { title: delivery } of here)
        it(delivery, () => {
          const cells = [...(callers.get(client) ?? [])].filter(
            ([cell]) => cell.platform === platform && cell.delivery.title === delivery,
          );
          const wrong = cells.flatMap(([{ role, machine }, who]) => {
            const isRight = who.includes(`:assumed-role/${role}/`);
            const place = { client, platform, delivery, role, machine: machine.title };
            const why = limits.filter((limit) => limit.applies(place));
            const isTold = why.every(({ says }) => says?.test(who) !== false);
            return isRight === why.length > 0 || !isTold ? [`${machine.title}: ${role} is ${who}`] : [];
          });
          expect(cells).not.toEqual([]);
          expect(wrong).toEqual([]);
        });
    });
  }
}
