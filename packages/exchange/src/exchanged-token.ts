import { inspect } from 'node:util';
import { FedbridgeError, type Lease, type Presented } from '@fedbridge/core';

/** What a relying party gave for an ID token. Its value leaves through `reveal()` alone. */
export class ExchangedToken {
  readonly #value: string;
  /** When it ends, in ms since 1970-01-01 UTC; undefined where nobody says. */
  readonly expiresAt: number | undefined;
  readonly presented: Presented;

  constructor(value: string, { expiresAt, presented }: Pick<ExchangedToken, 'expiresAt' | 'presented'>) {
    this.#value = value;
    this.expiresAt = expiresAt;
    this.presented = presented;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return 'ExchangedToken()';
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** What is renewed. @throws FedbridgeError `ANSWER_MALFORMED` */
export function leaseOf(token: ExchangedToken): Lease<string> {
  const { expiresAt } = token;
  if (expiresAt !== undefined) return { value: token.reveal(), expiresAt };
  throw new FedbridgeError(
    'ANSWER_MALFORMED',
    'The service does not say when its token expires: it cannot be kept fresh.',
  );
}
