import { type Endpoint, type Outbound, retry } from '@fedbridge/core';
import type { AdmittedIdToken } from '@fedbridge/identity';
import type { AwsCredentials } from './credentials.ts';
import type { RoleArn } from './role-arn.ts';
import type { SessionName } from './session-name.ts';
import type { SessionPolicy } from './session-policy.ts';

/** Which role is assumed, where, and how its session is named. */
export interface RoleRequest {
  readonly endpoint: Endpoint;
  readonly region: string;
  readonly role: RoleArn;
  readonly sessionName: SessionName;
  /** Seconds, 900 to the role's own maximum; STS's default is 3,600. */
  readonly durationSeconds?: number | undefined;
  /** Narrows the session to what this policy and the role's own both allow. */
  readonly inlinePolicy?: SessionPolicy | undefined;
  /** ARNs of managed policies that narrow the session likewise. */
  readonly managedPolicies?: readonly string[] | undefined;
}

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
    // The SDK loads while the request for the ID token is on its way, and does not hold it up.
    const loading = Promise.race([outbound.http.sent(), pending]).then(() => import('./sts.ts'));
    const [token, { Sts }] = await Promise.all([pending, loading]);
    return new Sts(request.endpoint, request.region, outbound).assumeRoleWithWebIdentity(request, token);
  });
}
