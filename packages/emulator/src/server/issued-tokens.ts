import type { FastifyRequest } from 'fastify';
import type { World } from './service.ts';

/** Opaque tokens that a service gave out, and what they stand for until they expire or are revoked. */
export class IssuedTokens<T> {
  readonly #world: Pick<World, 'clock' | 'secrets'>;
  readonly #tokens: Map<string, { readonly stands: T; readonly expiresAt: number }>;

  /** @param name - of this kind of tokens */
  constructor(world: Pick<World, 'clock' | 'secrets' | 'state'>, name: string) {
    this.#world = world;
    this.#tokens = world.state.map(name);
  }

  /** @param lifetime - seconds */
  issue(token: string, stands: T, lifetime: number): string {
    this.#world.secrets.add(token);
    this.#tokens.set(token, { stands, expiresAt: this.#world.clock.seconds() + lifetime });
    return token;
  }

  /** What a token stands for, if it is valid. */
  find(token: string | undefined): T | undefined {
    const found = token === undefined ? undefined : this.#tokens.get(token);
    return found && found.expiresAt > this.#world.clock.seconds() ? found.stands : undefined;
  }

  /** Has a valid token expire so many seconds from now. */
  extend(token: string, lifetime: number): void {
    const found = this.#tokens.get(token);
    if (found) this.#tokens.set(token, { ...found, expiresAt: this.#world.clock.seconds() + lifetime });
  }

  /** For how many seconds a token is valid still. */
  left(token: string): number {
    return Math.max(0, (this.#tokens.get(token)?.expiresAt ?? 0) - this.#world.clock.seconds());
  }

  /** @returns whether it was valid */
  revoke(token: string | undefined): boolean {
    const isValid = this.find(token) !== undefined;
    if (token !== undefined) this.#tokens.delete(token);
    return isValid;
  }

  /** Those that are valid. */
  get valid(): readonly string[] {
    return [...this.#tokens.keys()].filter((token) => this.find(token) !== undefined);
  }
}

/** The token that a request shows [RFC 6750, 2.1]; the scheme is in any case [RFC 9110, 11.1]. */
export function bearerOf({ headers }: FastifyRequest): string | undefined {
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
}
