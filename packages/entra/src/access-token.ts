import { inspect } from 'node:util';
import type { Presented } from '@fedbridge/core';
import type { Resource } from './ids.ts';

/** An Entra access token. Its value leaves through `reveal()` alone. */
export class AccessToken {
  readonly #value: string;
  readonly resource: Resource;
  /** When it ends, in ms since 1970-01-01 UTC. */
  readonly expiresAt: number;
  /** The ID token that it was given for; undefined where a machine gave it of its own. */
  readonly presented: Presented | undefined;

  constructor(value: string, facts: Pick<AccessToken, 'resource' | 'expiresAt' | 'presented'>) {
    this.#value = value;
    this.resource = facts.resource;
    this.expiresAt = facts.expiresAt;
    this.presented = facts.presented;
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
