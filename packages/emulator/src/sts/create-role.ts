import { MalformedPolicyError, parseTrustPolicy, type TrustPolicy } from '@fedbridge/trust';
import type { AwsAccount, Role } from './config.ts';
import { providerArn, providerName } from './oidc-provider.ts';

/** A set-up that AWS would not take, with the code and the words of IAM. */
export class IamProblem extends Error {
  override readonly name = 'IamProblem';
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/**
 * Creates the roles of a set-up as IAM does.
 *
 * @param gitHub - GitHub's issuer in this emulator
 * @throws IamProblem
 */
export function checkRoles(accounts: readonly AwsAccount[], gitHub: string): void {
  for (const account of accounts) for (const role of account.roles) checkRole(role, account, gitHub);
}

function checkRole(role: Role, account: AwsAccount, gitHub: string): void {
  const policy = parsed(role);
  if (role.predatesIdentityProviderControls) return;
  for (const provider of account.oidcProviders) {
    const claims = provider.url === gitHub ? ofGitHub : requiredClaims(provider.url);
    const arn = providerArn(account, provider);
    const keys = claims.map((claim) => `${providerName(provider)}:${claim}`);
    const isWithout = ({ effect, federated, conditions }: TrustPolicy['statements'][number]) =>
      effect === 'Allow' && federated.includes(arn) && !conditions.some((one) => isControl(one, keys));
    if (keys.length > 0 && policy.statements.some(isWithout)) {
      throw new IamProblem(
        'MalformedPolicyDocument',
        `Trust policy with trusted principal ${arn} must evaluate, using StringEquals, StringLike or ` +
          `StringEqualsIgnoreCase, ${keys[0]} which is not scoped to all.`,
      );
    }
  }
}

function parsed({ name, trustPolicy }: Role): TrustPolicy {
  try {
    return parseTrustPolicy(trustPolicy);
  } catch (error) {
    if (!(error instanceof MalformedPolicyError)) throw error;
    throw new IamProblem('MalformedPolicyDocument', `role ${name}: ${error.message}`);
  }
}

type Condition = TrustPolicy['statements'][number]['conditions'][number];

/** "Scoped to all" is a value that any subject fits. */
function isControl({ operator, key, values }: Condition, keys: readonly string[]): boolean {
  return (
    ['StringEquals', 'StringLike', 'StringEqualsIgnoreCase'].includes(operator) &&
    keys.some((one) => one.toLowerCase() === key.toLowerCase()) &&
    values.every((value) => !/^\*+$/.test(value))
  );
}

const ofGitHub = ['sub', 'job_workflow_ref'];

/**
 * The claims of which a trust policy must evaluate one, none for an issuer of one owner alone.
 * Sources: IAM User Guide, "Identity-provider controls for shared OIDC providers"; the text, and that an enterprise's slug
 * is no way out, unfunco/terraform-aws-oidc-github#57.
 */
function requiredClaims(issuer: string): readonly string[] {
  const { host, pathname } = new URL(issuer);
  if (host === 'token.actions.githubusercontent.com') return ofGitHub;
  const name = `${host}${pathname}`.replace(/\/$/, '');
  return ['sub', 'aud'].filter((claim) => shared[claim as keyof typeof shared].includes(name));
}

const shared = {
  sub: ['agent.buildkite.com', 'app.terraform.io', 'gitlab.com', 'oidc.codefresh.io', 'scalr.io'],
  aud: ['api.pulumi.com/oidc', 'cognito-identity.amazonaws.com', 'oidc.vercel.com', 'sandboxes.cloud'],
};
