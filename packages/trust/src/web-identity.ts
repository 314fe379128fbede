import { conditionPrefix } from '@fedbridge/issuers';
import type { TrustRequest } from './evaluate.ts';

/** The claims of a web identity that trust policies and providers look at. */
export interface WebIdentityClaims {
  readonly iss?: string;
  readonly aud?: string | readonly string[];
  readonly azp?: unknown;
  readonly [claim: string]: unknown;
}

/** Claims of GitHub's that a trust policy may test, beside `aud` and `sub` [PROTOCOLS: since early 2026]. */
const gitHubClaims = [
  'actor',
  'actor_id',
  'environment',
  'job_workflow_ref',
  'ref',
  'repository',
  'repository_id',
  'repository_owner',
  'repository_owner_id',
  'workflow',
];

/** The audiences of a token. */
export function audiencesOf({ aud = [] }: WebIdentityClaims): readonly string[] {
  return typeof aud === 'string' ? [aud] : aud;
}

/**
 * Whether an OIDC provider takes a token for one of its audiences.
 *
 * @param azpMustBeListed - whether a token's `azp` must be listed too, as has been seen [aws/aws-sdk-net#3100]
 */
export function providerAccepts(
  clientIds: readonly string[],
  claims: WebIdentityClaims,
  azpMustBeListed = true,
): boolean {
  const { azp } = claims;
  if (azpMustBeListed && typeof azp === 'string' && !clientIds.includes(azp)) return false;
  return audiencesOf(claims).some((audience) => clientIds.includes(audience));
}

/**
 * What a trust policy is asked for a token.
 *
 * @param provider - the ARN of the OIDC provider that the token is verified with
 * @param isGitHub - whether the issuer is GitHub's, of which AWS knows more claims
 * @param now - seconds since 1970-01-01 UTC
 * @param others - further condition keys with their values, `sts:RoleSessionName` for example
 */
export function webIdentityRequest(
  claims: WebIdentityClaims,
  provider: string,
  isGitHub: boolean,
  now: number,
  others: Readonly<Record<string, string>> = {},
): TrustRequest {
  const prefix = conditionPrefix(claims.iss ?? '');
  const keys = ['sub', 'amr', ...(isGitHub ? gitHubClaims : [])].flatMap((name) => {
    const value = claims[name];
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
      [`${prefix}:aud`]: audiencesOf(claims),
      ...Object.fromEntries(keys),
      ...others,
    },
  };
}
