import { join } from 'node:path';
import { idTokenPath } from '@fedbridge/broker';
import { type ExchangedToken, type ExchangeOrder, leaseOf } from '@fedbridge/exchange';
import { orderToken, tokenFile } from '@fedbridge/exchange/keep-fresh';
import { type KeepFreshContext, keepFresh } from '../keep-fresh.ts';
import type { ExchangeInputs } from './inputs.ts';

/** Where clients find what is kept fresh. Holds secrets. */
export interface KeptExchange {
  /** Always has a token that is valid. */
  readonly tokenFile: string;
  /** Where ID tokens are to be had, and what is shown there. */
  readonly idTokens: { readonly url: string; readonly bearer: string };
}

/** What is kept fresh. */
export interface Exchanged {
  readonly order: ExchangeOrder;
  readonly audience: string | undefined;
  readonly token: ExchangedToken;
}

/** @throws FedbridgeError `DELIVERY_FAILED`, `ANSWER_MALFORMED` for a token of which nobody knows when it expires */
export async function keepTokenFresh(
  context: KeepFreshContext,
  inputs: ExchangeInputs,
  { order, audience, token }: Exchanged,
): Promise<KeptExchange> {
  const lease = leaseOf(token);
  const lifetimeMs = lease.expiresAt - context.host.system.now();
  const { origin, folder, secrets } = await keepFresh(context, inputs, {
    endpoints: orderToken({ ...order, audience, lease, lifetimeMs }),
    idTokens: true,
  });
  const url = new URL(`${origin}${idTokenPath}?api-version=2.0`);
  if (audience !== undefined) url.searchParams.set('audience', audience);
  return { tokenFile: join(folder, tokenFile), idTokens: { url: url.href, bearer: secrets.idTokens } };
}
