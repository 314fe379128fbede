import type { Claims } from '../server/jwt.ts';
import { StsProblem } from './sts-problem.ts';

/** What a token says of the session that is begun with it. */
export interface SessionClaims {
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | undefined;
}

const prefix = 'https://aws.amazon.com/';

/**
 * Session tags, nested (each a list of one) or flat (each a text), and the source identity.
 * Source: IAM User Guide, "Pass session tags in AWS STS", AssumeRoleWithWebIdentity; captures of real STS, radkawar/stackd,
 * 2026-09-11, for what is rejected.
 *
 * @throws StsProblem
 */
export function sessionClaimsOf(claims: Claims): SessionClaims {
  const nested = claims[`${prefix}tags`] as
    | { readonly principal_tags?: Readonly<Record<string, unknown>>; readonly transitive_tag_keys?: readonly string[] }
    | undefined;
  const flat = `${prefix}tags/principal_tags/`;
  const sourceIdentity = claims[`${prefix}source_identity`];
  const keys = nested?.transitive_tag_keys ?? claims[`${prefix}tags/transitive_tag_keys`];
  return {
    tags: Object.fromEntries([
      ...Object.entries(nested?.principal_tags ?? {}).map(([key, value]) => [key, only(value)]),
      ...Object.entries(claims).flatMap(([name, value]) =>
        name.startsWith(flat) ? [[name.slice(flat.length), String(value)]] : [],
      ),
    ]),
    transitiveTagKeys: Array.isArray(keys) ? keys.map(String) : [],
    sourceIdentity: typeof sourceIdentity === 'string' ? sourceIdentity : undefined,
  };
}

function only(values: unknown): string {
  if (Array.isArray(values) && values.length === 1 && typeof values[0] === 'string') return values[0];
  throw new StsProblem('InvalidIdentityToken', 'principal_tags passed in claim is not in correct format.');
}
