import { nextOf, remove, writeWhole } from './whole-file.ts';

/**
 * A file that has a token in it, or is not there. Writing and removing come one after the other, in the order in which they were called: no
 * write that was begun before puts a token back.
 */
export class TokenFile {
  readonly #path: string;
  #turn: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws what the file system says */
  write(token: string): Promise<void> {
    return this.#inTurn(() => writeWhole(this.#path, token));
  }

  /** What cannot be removed is emptied; what can be neither, stays: call again. */
  remove(): Promise<void> {
    return this.#inTurn(async () => {
      for (const path of [nextOf(this.#path), this.#path]) await remove(path);
    });
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => {});
    return done;
  }
}
