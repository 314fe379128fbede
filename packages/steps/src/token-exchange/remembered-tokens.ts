import type { ExchangeOrder } from '@fedbridge/exchange';
import type { Host } from '@fedbridge/step';

const state = 'exchangedTokens';

/** What the clean-up ends. Holds secrets. */
export interface RememberedTokens extends ExchangeOrder {
  readonly tokens: readonly string[];
  /** The file in which the newest is, where they are kept fresh. */
  readonly tokenFile?: string | undefined;
}

/** Has the clean-up end tokens, where their profile knows how. @throws FedbridgeError `DELIVERY_FAILED` */
export function rememberTokens(host: Host, { profile, values, tokens, tokenFile }: RememberedTokens): void {
  if (profile.revoke === undefined) return;
  host.saveState(state, JSON.stringify({ profile, values, tokens, tokenFile }));
}

/** What is to be ended still, if anything. */
export function rememberedTokens(host: Host): RememberedTokens | undefined {
  const saved = host.state(state);
  return saved === '' ? undefined : (JSON.parse(saved) as RememberedTokens);
}

/** They have been ended. */
export function forgetTokens(host: Host): void {
  host.saveState(state, '');
}
