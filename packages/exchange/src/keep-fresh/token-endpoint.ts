import type { Lease } from '@fedbridge/core';
import type { Acquisition, Answer, CredentialEndpoint } from '@fedbridge/identity';
import { exchange, renew } from '../exchange.ts';
import { type ExchangedToken, leaseOf } from '../exchanged-token.ts';
import { type FreshToken, tokenPath } from './order.ts';

/** A token that is valid, to whoever shows the endpoint's secret as a bearer. */
export const tokenEndpoint: CredentialEndpoint<FreshToken> = {
  name: 'exchange',
  routes: (plan, keepFresh) => {
    let current = plan.lease.value;
    const acquire = async (acquisition: Acquisition): Promise<Lease<string>> => {
      const lease = leaseOf(await acquireToken(plan, current, acquisition));
      current = lease.value;
      return lease;
    };
    const get = keepFresh(acquire, plan.lease, (token) => token);
    return [
      {
        path: tokenPath,
        secretIn: ({ authorization = '' }) => /^Bearer (\S+)$/i.exec(authorization)?.[1],
        denied: () => problem(401, 'The bearer is not the right one.'),
        answer: async () => {
          const { value, expiresAt } = await get();
          return {
            status: 200,
            body: { access_token: value, token_type: 'Bearer', expires_on: new Date(expiresAt).toISOString() },
          };
        },
        failed: ({ code, message }) => problem(503, `${message} [${code}]`),
      },
    ];
  },
};

/** The one there is lives on, if it may: with less than half of its time it would soon be asked for again. */
async function acquireToken(
  { audience, lifetimeMs, ...order }: FreshToken,
  current: string,
  { idToken, outbound }: Acquisition,
): Promise<ExchangedToken> {
  const get = idToken(audience);
  const renewed = await renew(order, current, get, outbound);
  const left = (renewed?.expiresAt ?? 0) - outbound.system.now();
  return renewed && left > lifetimeMs / 2 ? renewed : exchange(order, get, outbound);
}

function problem(status: number, message: string): Answer {
  return { status, body: { message } };
}
