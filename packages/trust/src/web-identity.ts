import { type ConditionKey, conditionPrefix } from '@fedbridge/issuers';
import type { TrustRequest } from './evaluate.ts';

/** The claims of a web identity that trust policies and providers look at. */
export interface WebIdentityClaims {
  readonly iss?: string;
  readonly aud?: string | readonly string[];
  readonly azp?: unknown;
  readonly [claim: string]: unknown;
}

/** The audiences of a token. */
function audiencesOf({ aud = [] }: WebIdentityClaims): readonly string[] {
  return typeof aud === 'string' ? [aud] : aud;
}

/**
 * What STS looks for among a provider's client ids and answers as `Audience`: a token's `azp`, and its audiences only where it has none.
 * Source: captures of real STS, radkawar/stackd, 2026-09-11; aws/aws-sdk-net#3100.
 */
export function partiesOf(claims: WebIdentityClaims): readonly string[] {
  return typeof claims.azp === 'string' ? [claims.azp] : audiencesOf(claims);
}

/** Whether an OIDC provider takes a token: one with several audiences and no `azp` it does not. */
export function providerAccepts(clientIds: readonly string[], claims: WebIdentityClaims): boolean {
  const [party, ...more] = partiesOf(claims);
  return party !== undefined && more.length === 0 && clientIds.includes(party);
}

/**
 * What a trust policy is asked for a token.
 *
 * @param provider - the ARN of the OIDC provider that the token is verified with
 * @param keys - the condition keys that STS fills for its issuer
 * @param now - seconds since 1970-01-01 UTC
 * @param others - further condition keys with their values, `sts:RoleSessionName` for example
 */
export function webIdentityRequest(
  claims: WebIdentityClaims,
  provider: string,
  keys: readonly ConditionKey[],
  now: number,
  others: Readonly<Record<string, string>> = {},
): TrustRequest {
  const prefix = conditionPrefix(claims.iss ?? '');
  const filled = keys.flatMap(({ name, claims: names }) => {
    const value = names.map((claim) => claims[claim]).find((one) => one !== undefined);
    if (value === undefined) return [];
    return [[`${prefix}:${name}`, Array.isArray(value) ? value.map(String) : String(value)] as const];
  });
  return {
    principal: { provider },
    action: 'sts:AssumeRoleWithWebIdentity',
    context: {
      'aws:CurrentTime': new Date(now * 1000).toISOString(),
      'aws:EpochTime': String(Math.floor(now)),
      'aws:SecureTransport': 'true',
      ...Object.fromEntries(filled),
      ...others,
    },
  };
}
