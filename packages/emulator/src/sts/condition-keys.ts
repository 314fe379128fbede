import type { AwsAccount } from './aws-account.ts';
import { providerArn, providerName } from './oidc-provider.ts';
import type { WebIdentity } from './web-identity-token.ts';

/** The claims that fill a key of the same name, of every issuer. Source: IAM User Guide, "Available keys for AWS OIDC federation", the default tab. */
const ofAll = ['sub', 'amr', 'email'];

/** Of GitHub's. Source: Service Authorization Reference, AWS Security Token Service. */
const ofGitHub = [
  ...['actor', 'actor_id', 'enterprise_id', 'environment', 'job_workflow_ref', 'ref', 'repository', 'repository_id'],
  ...['repository_owner_id', 'workflow'],
];

/**
 * The condition keys that STS fills for a web identity, with their values.
 * Source: IAM User Guide, "Available keys for AWS OIDC federation" and "AWS global condition context keys"; for the principal's
 * keys captures of real STS, radkawar/stackd, `internal/services/sts/testdata/oidc/aws-trust.json`, 2026-09-11.
 *
 * @param isGitHub - whether the issuer is GitHub's, the one of this emulator's of which AWS knows more claims
 */
export function conditionKeys(
  { claims, provider, audience }: WebIdentity,
  account: AwsAccount,
  isGitHub: boolean,
): Readonly<Record<string, string | readonly string[]>> {
  const filled = (isGitHub ? [...ofAll, ...ofGitHub] : ofAll).flatMap((name) => entry(name, claims[name]));
  const ofToken = [...entry('aud', audience), ...entry('oaud', claims.aud), ...filled];
  const arn = providerArn(account, provider);
  return {
    ...Object.fromEntries(ofToken.map(([name, value]) => [`${providerName(provider)}:${name}`, value])),
    'aws:FederatedProvider': arn,
    // Absent: aws:PrincipalArn.
    'aws:PrincipalAccount': account.id,
    'aws:PrincipalType': 'User',
    'aws:userid': arn,
  };
}

function entry(name: string, value: unknown): readonly (readonly [string, string | readonly string[]])[] {
  if (value === undefined || value === null) return [];
  return [[name, Array.isArray(value) ? value.map(String) : String(value)]];
}
