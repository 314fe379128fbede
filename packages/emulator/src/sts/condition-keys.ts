/** A condition key and the claims that it is filled from, the first that a token has. */
interface ConditionKey {
  readonly name: string;
  readonly claims: readonly [string, ...string[]];
}

/** Of every issuer. Source: IAM User Guide, "Available keys for AWS OIDC federation", the default tab. */
const ofAll: readonly ConditionKey[] = [
  { name: 'aud', claims: ['azp', 'aud'] },
  { name: 'oaud', claims: ['aud'] },
  ...named('sub', 'amr', 'email'),
];

/** Source: Service Authorization Reference, AWS Security Token Service. */
const ofGitHub = named(
  ...['actor', 'actor_id', 'enterprise_id', 'environment', 'job_workflow_ref', 'ref', 'repository', 'repository_id'],
  ...['repository_owner_id', 'workflow'],
);

/** What STS fills. @param isGitHub - whether the issuer is GitHub's, the one of this emulator's of which AWS knows more claims */
export function conditionKeys(isGitHub: boolean): readonly ConditionKey[] {
  return isGitHub ? [...ofAll, ...ofGitHub] : ofAll;
}

function named(...names: readonly string[]): readonly ConditionKey[] {
  return names.map((name) => ({ name, claims: [name] }));
}
