/** The only clock that the emulator reads: real time, moved by whoever holds it. */
export class EmulatorClock {
  #offsetMs = 0;

  /** Milliseconds since 1970-01-01 UTC. */
  now(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Seconds since 1970-01-01 UTC, whole, as tokens have them. */
  seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  /** Moves time by so many seconds; backwards if negative. */
  advance(seconds: number): void {
    this.#offsetMs += seconds * 1000;
  }
}
