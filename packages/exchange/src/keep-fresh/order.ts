import type { Lease } from '@fedbridge/core';
import type { EndpointOrder } from '@fedbridge/identity';
import type { ExchangeOrder } from '../exchange.ts';

/** A token that is kept fresh. Holds secrets. */
export interface FreshToken extends ExchangeOrder {
  /** Of the ID token; undefined for what the platform gives. */
  readonly audience: string | undefined;
  /** For how long the first is valid, in ms. */
  readonly lifetimeMs: number;
  /** What the step has acquired already. */
  readonly lease: Lease<string>;
}

/** The file in a broker's folder that always has a token which is valid. */
export const tokenFile = 'token';

/** Has a broker keep a token fresh. */
export function orderToken(plan: FreshToken): { readonly exchange: EndpointOrder } {
  return { exchange: { plan, keptFile: tokenFile } };
}
