import type { Setup } from '../emulator.ts';
import type { RecordedRequest } from '../server/record.ts';
import { type Exchange, exchangeOf } from './exchange.ts';
import type { Explanation } from './markup.ts';

/** An exchange that was denied, and by which condition, for whoever ran the command that asked for it. */
export interface Denial {
  /** Who denied it: `AWS STS`. */
  readonly party: string;
  /** What was asked for: a role's ARN, a client ID. */
  readonly wanted: string;
  readonly subject: string;
  readonly audience: string;
  /** A sentence each. */
  readonly why: readonly string[];
  /** Whether a trust policy or a federated credential can allow it. */
  readonly canBeAllowed: boolean;
}

/** What was denied, once each and however often it was tried, unless it was allowed in the end. */
export function denialsIn(
  requests: readonly RecordedRequest[],
  setup: Setup,
  explain: (exchange: Exchange) => Explanation,
): readonly Denial[] {
  const last = new Map<string, Exchange>();
  for (const request of requests) {
    const exchange = exchangeOf(request, setup);
    if (exchange) last.set(JSON.stringify([exchange.party, exchange.wanted, exchange.claims.sub]), exchange);
  }
  return [...last.values()].filter(({ allowed }) => !allowed).map((one) => denialOf(one, explain(one)));
}

function denialOf({ party, wanted, claims, said, aws }: Exchange, { why, fix }: Explanation): Denial {
  const { sub, aud } = claims;
  const [audience = ''] = [aud].flat();
  return {
    ...{ party, wanted, subject: String(sub ?? ''), audience: String(audience) },
    why: why.length > 0 ? why : [said],
    canBeAllowed: fix !== undefined && (!aws || aws.role !== undefined),
  };
}
