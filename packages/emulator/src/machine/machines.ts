import { openService, type Service, type World } from '../server/service.ts';
import type { StartedMachine } from './machine.ts';

/** The machines that were started, each on an origin of its own. */
export class Machines {
  readonly #services: Service[] = [];
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** @param serve - adds the routes of the machine */
  async start(serve: (service: Service) => StartedMachine | Promise<StartedMachine>): Promise<StartedMachine> {
    const service = await openService('machine', this.#world);
    this.#services.push(service);
    const started = await serve(service);
    await service.ready();
    return started;
  }

  async close(): Promise<void> {
    await Promise.all(this.#services.map((service) => service.close()));
  }
}
