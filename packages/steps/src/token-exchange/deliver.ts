import type { ExchangedToken, ExchangeOrder } from '@fedbridge/exchange';
import type { Host } from '@fedbridge/step';
import type { KeptExchange } from './keep-fresh.ts';

/** What there is to hand on. */
export interface Acquired {
  readonly token: ExchangedToken;
  readonly kept: KeptExchange | undefined;
}

/** Makes later steps find what a profile delivers. @returns the names of what they find @throws FedbridgeError `DELIVERY_FAILED` */
export async function deliver(_host: Host, _order: ExchangeOrder, { kept }: Acquired): Promise<readonly string[]> {
  return kept ? ['output {tokenFile}'] : [];
}
