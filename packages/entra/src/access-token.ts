import { inspect } from 'node:util';
import type { Resource } from './identity.ts';

/** An Entra access token. Its value leaves through `reveal()` alone. */
export class AccessToken {
  readonly #value: string;
  readonly resource: Resource;
  /** When it ends, in ms since 1970-01-01 UTC. */
  readonly expiresAt: number;

  constructor(value: string, resource: Resource, expiresAt: number) {
    this.#value = value;
    this.resource = resource;
    this.expiresAt = expiresAt;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return `AccessToken(${this.resource})`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
