import { FedbridgeError, firstSentence, inertJson, type Outbound, retry, unavailable } from '@fedbridge/core';
import type { ExchangeOrder } from './exchange.ts';
import { sendTo } from './service-request.ts';
import { fill } from './template.ts';

/**
 * Ends a token before its time. One that has ended already is none to end.
 *
 * @returns whether it has ended: the service may give tokens that it cannot end
 * @throws FedbridgeError `DELIVERY_FAILED`, `INPUT_INVALID`, `UNAVAILABLE`, `HTTP_*`
 */
export async function revoke({ profile, values }: ExchangeOrder, token: string, outbound: Outbound): Promise<boolean> {
  const { revoke: request } = profile;
  if (!request) return false;
  const { ended, cannot, denied } = request;
  return retry(outbound, async () => {
    const response = await sendTo(request, { ...values, token }, outbound);
    const later = unavailable(response, request.to, outbound.system.now());
    if (later) throw later;
    const { status, body } = response;
    const says = (text: string) => body.includes(text);
    const isOver = status === ended.status && (ended.says?.some(says) ?? true);
    if (isOver || (status >= 200 && status < 300)) return true;
    if (cannot !== undefined && says(cannot)) return false;
    const isDenied = status === 403 && denied !== undefined;
    throw new FedbridgeError('DELIVERY_FAILED', `${request.to} did not end the token that this job had.`, {
      answer: `HTTP ${status}: ${firstSentence(body, token)}`,
      ...(isDenied ? { hint: denied.hint, document: inertJson(fill(denied.document, values), 2) } : {}),
    });
  });
}
