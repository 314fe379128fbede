import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAwaited } from './aws/awaited.ts';
import { type Cell, type Cells, platforms, startCells } from './aws/cells.ts';
import { clients } from './aws/clients.ts';
import { deliveries } from './aws/deliveries.ts';
import { limits } from './aws/limits.ts';

const minutes = 60_000;
let world: Cells;

beforeAll(async () => {
  world = await startCells();
}, 5 * minutes);
afterAll(() => world[Symbol.asyncDispose](), minutes);

describe.each(platforms)('what $platform delivers', ({ platform }) => {
  it.each(deliveries)('$title: the step ends well on every machine', ({ title }) => {
    const failed = world.failed.filter((one) => one.platform === platform && one.delivery.title === title);
    expect(failed.map(({ machine, error }) => `${machine.title}: ${error}`)).toEqual([]);
  });
});

describe.each(clients)('$title', ({ title: client, missing, onFewMachines, callerIdentities }) => {
  const title = missing === undefined ? 'is who the step is, on every machine' : `is tried (skipped: ${missing})`;
  describe.skipIf(missing !== undefined)(title, () => {
    const callers = new Map<Cell, string>();
    beforeAll(async () => {
      const cells = world.cells.filter(
        ({ machine, delivery }) =>
          (!onFewMachines || machine.forEveryClient) &&
          !isAwaited({ client, delivery: delivery.title, machine: machine.title }),
      );
      const environments = cells.map(({ environment }) => environment);
      const all = await callerIdentities(environments, world);
      for (const [index, cell] of cells.entries()) callers.set(cell, all[index] ?? '');
    }, 5 * minutes);

    describe.each(platforms)('$platform', ({ platform }) => {
      it.each(deliveries.filter(({ absent }) => absent?.[platform] === undefined))('$title', ({ title: delivery }) => {
        const wrong = [...callers].flatMap(([cell, who]) => {
          if (cell.platform !== platform || cell.delivery.title !== delivery) return [];
          const { role, machine } = cell;
          const place = { client, platform, delivery, role, machine: machine.title };
          const isRight = who.includes(`:assumed-role/${role}/`);
          const cannotBe = limits.some((limit) => limit.applies(place));
          return isRight === cannotBe ? [`${machine.title}: ${role} is ${who}`] : [];
        });
        expect(wrong).toEqual([]);
      });
    });
  });
});
