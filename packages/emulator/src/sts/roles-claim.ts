import type { Claims } from '../server/jwt.ts';
import { StsProblem } from './sts-problem.ts';

/**
 * Whether a token names the role that is asked for, `sts:RoleAuthorizedByIdp`; one that names roles without it is denied.
 * Source: captures of real STS, radkawar/stackd, `internal/services/sts/testdata/oidc/aws-roles.json`, 2026-09-11.
 *
 * @throws StsProblem
 */
export function isAuthorizedByIdp(claims: Claims, roleArn: string): boolean {
  const claim = claims['https://aws.amazon.com/roles'];
  if (claim === undefined || claim === null) return false;
  if (typeof claim !== 'string' && !Array.isArray(claim)) throw invalid('The roles claim is not in a supported format');
  const texts: readonly unknown[] = typeof claim === 'string' ? claim.split(';') : claim;
  const roles = texts
    .filter((one) => typeof one === 'string')
    .map((one) => one.trim())
    .filter((one) => /^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(one));
  if (roles.length === 0) throw invalid('The roles claim contains no valid role ARNs');
  if (roles.includes(roleArn)) return true;
  throw invalid('The target role ARN is not present in the roles claim of the identity token');
}

function invalid(message: string): StsProblem {
  return new StsProblem('InvalidIdentityToken', message);
}
