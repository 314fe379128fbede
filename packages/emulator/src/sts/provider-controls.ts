import type { TrustPolicy } from '@fedbridge/trust';

type Statement = TrustPolicy['statements'][number];
type Condition = Statement['conditions'][number];

/**
 * What IAM says of a statement that does not evaluate the claims which it asks for with providers that strangers share; undefined
 * where it takes it.
 * Sources: IAM User Guide, "Identity-provider controls for shared OIDC providers"; the texts, and what counts, are those of real IAM:
 * captures in radkawar/stackd, `iam/policy/testdata/oidc_trust_controls*.json`, 2026-09-11.
 *
 * @param gitHub - GitHub's issuer in this emulator
 */
export function controlProblem(statement: Statement, gitHub: string): string | undefined {
  if (statement.effect !== 'Allow' || !concernsWebIdentity(statement)) return undefined;
  for (const principal of statement.federated) {
    const problem = ofLogin(principal, statement) ?? ofProvider(principal, statement, nameOf(gitHub));
    if (problem) return problem;
  }
  return undefined;
}

const nameOf = (url: string) => url.replace(/^https?:\/\//, '');

function concernsWebIdentity({ actions, notAction }: Statement): boolean {
  const matches = actions.some((action) =>
    new RegExp(
      `^${action
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
      'i',
    ).test('sts:AssumeRoleWithWebIdentity'),
  );
  return matches !== notAction;
}

/** Services that IAM knows without a provider, and the keys of which it asks for one. These it compares with their case. */
const logins: Readonly<Record<string, readonly string[]>> = {
  'accounts.google.com': ['aud', 'oaud', 'sub'],
  'graph.facebook.com': ['app_id', 'sub'],
  'www.amazon.com': ['app_id', 'sub'],
};

function ofLogin(principal: string, { conditions }: Statement): string | undefined {
  const claims = Object.hasOwn(logins, principal) ? logins[principal] : undefined;
  const keys = claims?.map((claim) => `${principal}:${claim}`);
  const isEvaluated = conditions.some(
    ({ operator, key }) => isPositive(operator, ['StringEquals', 'StringEqualsIgnoreCase']) && keys?.includes(key),
  );
  if (!keys || isEvaluated) return undefined;
  return `Policy trusting ${principal} requires a StringEquals condition on an application id`;
}

const cognito = 'cognito-identity.amazonaws.com';

function ofProvider(principal: string, { conditions }: Statement, gitHub: string): string | undefined {
  const issuer = principal.split(':oidc-provider/')[1] ?? principal;
  // Whatever goes on after the name: an enterprise's slug, and what is no issuer of GitHub's at all.
  const isGitHub = [gitHub, 'token.actions.githubusercontent.com'].some((name) => issuer.startsWith(name));
  const keys = isGitHub ? [`${issuer}:sub`, `${issuer}:job_workflow_ref`] : sharedKeys(issuer);
  if (keys.length === 0 || isEvaluated(conditions, keys, isGitHub ? isOfSomebody : isNotAnybody)) return undefined;
  if (issuer === cognito && conditions.length === 0)
    return 'A condition block must be present for the Cognito provider';
  return (
    `Trust policy with trusted principal ${isGitHub ? principal : issuer} must evaluate, using StringEquals, StringLike or ` +
    `StringEqualsIgnoreCase, ${keys.join(' or ')} which is not scoped to all.`
  );
}

/** One operator must have a key, and all that it has of them must be scoped. */
function isEvaluated(
  conditions: readonly Condition[],
  keys: readonly string[],
  isScoped: (value: string) => boolean,
): boolean {
  const own = conditions.filter(
    ({ operator, key }) =>
      isPositive(operator, ['StringEquals', 'StringLike', 'StringEqualsIgnoreCase']) &&
      keys.some((one) => one.toLowerCase() === key.toLowerCase()),
  );
  const operators = new Set(own.map(({ operator }) => operator));
  return [...operators].some((operator) => own.every((one) => one.operator !== operator || one.values.every(isScoped)));
}

function isPositive(operator: string, names: readonly string[]): boolean {
  return names.includes(operator.replace(/^For(AnyValue|AllValues):/, ''));
}

/** "Scoped to all" is one value alone. */
const isNotAnybody = (value: string) => value !== '*';
const isOfSomebody = (value: string) => value.trim() !== '' && !value.startsWith('*');

/** The key of a shared issuer's that must be evaluated, none for an issuer of one owner. */
function sharedKeys(issuer: string): readonly string[] {
  if (issuer === 'sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d') return ['sts:RoleSessionName'];
  return (['sub', 'aud'] as const)
    .filter((claim) => shared[claim].includes(issuer))
    .map((claim) => `${issuer}:${claim}`);
}

/** The table of the page on 2026-09-11, but for GitHub Actions and Azure Sentinel. */
const shared: Readonly<Record<'sub' | 'aud', readonly string[]>> = {
  aud: ['api.pulumi.com/oidc', cognito, 'oidc.vercel.com', 'sandboxes.cloud'],
  sub: [
    ...['agent.buildkite.com', 'app.terraform.io', 'gitlab.com', 'oidc.codefresh.io', 'proidc.upbound.io', 'scalr.io'],
    ...['oidc-configuration.audit-log.githubusercontent.com', 'studio.datachain.ai/api', 'tokens.cloud.shisho.dev'],
    ...['vstoken.actions.githubusercontent.com', 'oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu'],
    'oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb',
    'rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7',
    'rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr',
    'rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg',
    'rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26',
  ],
};
