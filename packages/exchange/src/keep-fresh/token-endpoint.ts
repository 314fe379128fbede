import type { Lease, Outbound } from '@fedbridge/core';
import type { Acquisition, CredentialEndpoint } from '@fedbridge/identity';
import { exchange, renew } from '../exchange.ts';
import { type ExchangedToken, leaseOf } from '../exchanged-token.ts';
import { revoke } from '../revoke.ts';
import type { FreshToken } from './order.ts';

/** A token that is kept in a file, where clients of any kind find it: nobody has to ask for it. */
export const tokenEndpoint: CredentialEndpoint<FreshToken> = {
  name: 'exchange',
  routes: (plan, keepFresh) => {
    let current = plan.lease.value;
    const acquire = async (acquisition: Acquisition): Promise<Lease<string>> => {
      const lease = leaseOf(await acquireToken(plan, current, acquisition));
      current = lease.value;
      return lease;
    };
    const endReplaced = async (token: string, outbound: Outbound) => {
      await revoke(plan, token, outbound);
    };
    keepFresh(acquire, plan.lease, { written: (token) => token, ...(isReplaced(plan) ? { endReplaced } : {}) });
    return [];
  },
};

/** One that is renewed is what later steps have in a variable: it is replaced when it expires soon anyway. */
const isReplaced = ({ profile }: FreshToken) => profile.revoke !== undefined && profile.renew === undefined;

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
