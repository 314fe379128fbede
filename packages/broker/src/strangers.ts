import type { Socket } from 'node:net';
import { type OwnerOf, readOwners } from './connection-owners.ts';
import { mostOpenFiles } from './open-files.ts';

/** Files that a broker has open beside the connections of its callers, and some that it may come to have. */
const otherFiles = 48;

/**
 * So many connections of callers that have shown no secret yet are held; one more, and half of them go. Each is an open file: who has
 * shown it has as many again, on a machine where few may be open.
 */
const most = Math.max(8, Math.min(1024, Math.floor((mostOpenFiles() - otherFiles) / 2)));

/**
 * Connections whose callers have shown no secret. When they are too many, whoever has the most of them loses the oldest: another user of
 * the machine, however often it connects, takes nothing from those who have a few. Where nobody can tell whose they are, the oldest go,
 * and a new one has the time in which half as many others come.
 */
export class Strangers {
  readonly #sockets = new Set<Socket>();
  readonly #readOwners: () => OwnerOf;

  constructor(owners: () => OwnerOf = readOwners) {
    this.#readOwners = owners;
  }

  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.forget(socket));
    if (this.#sockets.size > most) this.#halve();
  }

  forget(socket: Socket): void {
    this.#sockets.delete(socket);
  }

  #halve(): void {
    const ownerOf = this.#readOwners();
    const groups = new Map<string | undefined, Socket[]>();
    for (const socket of this.#sockets) {
      const owner = ownerOf(socket);
      const group = groups.get(owner);
      if (group) group.push(socket);
      else groups.set(owner, [socket]);
    }
    while (this.#sockets.size > most / 2) {
      const [largest = []] = [...groups.values()].sort((a, b) => b.length - a.length);
      const oldest = largest.shift();
      if (!oldest) return;
      this.forget(oldest);
      oldest.destroy();
    }
  }
}
