import { FedbridgeError, type System } from '@fedbridge/core';

/** Waits are looked at so often, in ms. */
const sliceMs = 200;

/** A system whose waits end when this process is asked to end, as long as there is nothing that must be taken back. */
export class StoppableWaits {
  readonly system: System;
  readonly stop: AbortSignal;
  #isStoppable = true;

  /** @throws FedbridgeError `CANCELLED` by the system's waits */
  constructor(system: System, stop: AbortSignal) {
    this.stop = stop;
    this.system = { ...system, sleep: (ms) => this.#sleep(ms, system) };
  }

  /** From now on waits take as long as they take. */
  finish(): void {
    this.#isStoppable = false;
  }

  /** @throws FedbridgeError `CANCELLED` */
  async #sleep(ms: number, system: System): Promise<void> {
    const until = system.now() + ms;
    for (let left = ms; left > 0; left = until - system.now()) {
      if (this.#isStoppable && this.stop.aborted) throw new FedbridgeError('CANCELLED', 'Asked to end.');
      await system.sleep(this.#isStoppable ? Math.min(left, sliceMs) : left);
    }
  }
}
