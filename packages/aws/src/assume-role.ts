import { type Outbound, retry } from '@fedbridge/core';
import type { AdmittedIdToken } from '@fedbridge/identity';
import type { AwsCredentials } from './credentials.ts';
import type { RoleRequest } from './role-request.ts';

/**
 * Exchanges an ID token for the credentials of a role. Account, role and session are read from the answer's ARN.
 * Source: AWS STS API Reference, AssumeRoleWithWebIdentity.
 *
 * @param idToken - gives the token for each attempt, a new one when the last is about to end
 * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `UNAVAILABLE`, `ANSWER_MALFORMED`, `HTTP_*`, `ID_TOKEN_*`
 */
export async function assumeRoleWithWebIdentity(
  request: RoleRequest,
  idToken: () => Promise<AdmittedIdToken>,
  outbound: Outbound,
): Promise<AwsCredentials> {
  return retry(outbound, async () => {
    const pending = idToken();
    outbound.http.connectAhead(request.endpoint);
    // The SDK loads while the request for the ID token is on its way, and does not hold it up.
    const loading = Promise.race([outbound.http.sent(), pending]).then(() => import('./sts.ts'));
    const [token, { Sts }] = await Promise.all([pending, loading]);
    return new Sts(request.endpoint, request.region, outbound).assumeRoleWithWebIdentity(request, token);
  });
}
