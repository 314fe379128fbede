import { FedbridgeError, firstSentence, type Outbound, retry, unavailable } from '@fedbridge/core';
import type { ExchangeOrder } from './exchange.ts';
import { sendTo } from './service-request.ts';

/**
 * Ends a token before its time. One that has ended already is none to end.
 *
 * @throws FedbridgeError `DELIVERY_FAILED`, `INPUT_INVALID`, `UNAVAILABLE`, `HTTP_*`
 */
export async function revoke({ profile, values }: ExchangeOrder, token: string, outbound: Outbound): Promise<void> {
  const { revoke: request } = profile;
  if (!request) return;
  await retry(outbound, async () => {
    const response = await sendTo(request, { ...values, token }, outbound);
    const later = unavailable(response, request.to, outbound.system.now());
    if (later) throw later;
    const isGone = response.status === 401 || response.status === 403;
    if (isGone || (response.status >= 200 && response.status < 300)) return;
    throw new FedbridgeError('DELIVERY_FAILED', `${request.to} did not end the token that this job had.`, {
      answer: `HTTP ${response.status}: ${firstSentence(response.body, token)}`,
    });
  });
}
