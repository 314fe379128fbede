import { MalformedPolicyError, parseTrustPolicy, type TrustPolicy } from '@fedbridge/trust';
import type { AwsAccount, Role } from './aws-account.ts';
import { controlProblem } from './provider-controls.ts';

/** A set-up that AWS would not take, with the code and the words of IAM. */
export class IamProblem extends Error {
  override readonly name = 'IamProblem';
  readonly code: string;
  /** The message without its code. */
  readonly said: string;

  constructor(code: string, said: string) {
    super(`${code}: ${said}`);
    this.code = code;
    this.said = said;
  }
}

/**
 * Creates the roles of a set-up as IAM does.
 *
 * @param gitHub - GitHub's issuer in this emulator
 * @throws IamProblem
 */
export function checkRoles(accounts: readonly AwsAccount[], gitHub: string): void {
  for (const { roles } of accounts) for (const role of roles) checkTrustPolicy(role.trustPolicy, gitHub, role);
}

/**
 * What IAM takes as the trust policy of a role.
 *
 * @param gitHub - GitHub's issuer in this emulator
 * @param role - of a set-up, whose name is in the message
 * @throws IamProblem
 */
export function checkTrustPolicy(trustPolicy: unknown, gitHub: string, role?: Role): void {
  const { statements } = parsed(trustPolicy, role);
  if (hasOneSidTwice(trustPolicy)) throw malformed('Statement IDs (SID) in a single policy must be unique.');
  for (const { actions, notAction } of statements) {
    if (notAction || actions.every(isOfTrust)) continue;
    throw malformed('AssumeRole policy may only specify STS AssumeRole actions.');
  }
  for (const statement of statements) {
    const problem = principalProblem(statement);
    if (problem) throw malformed(problem);
  }
  if (role?.predatesIdentityProviderControls) return;
  for (const statement of statements) {
    const problem = controlProblem(statement, gitHub);
    if (problem) throw malformed(problem);
  }
}

/**
 * Of principals IAM takes no wildcard but one that is all of it, and of services none. Source: IAM User Guide, "AWS JSON policy elements:
 * Principal"; the words as users quote them, hashicorp/terraform#35086.
 */
function principalProblem({ aws, federated, services }: TrustPolicy['statements'][number]): string | undefined {
  const named = [
    ...aws.filter(isPart).map((name) => ['AWS', name]),
    ...federated.filter(isPart).map((name) => ['FEDERATED', name]),
    ...services.filter((name) => /[*?]/.test(name)).map((name) => ['SERVICE', name]),
  ];
  const [[kind, name] = []] = named;
  return kind === undefined ? undefined : `Invalid principal in policy: "${kind}":"${name}"`;
}

const isPart = (name: string) => name !== '*' && /[*?]/.test(name);

const malformed = (message: string) => new IamProblem('MalformedPolicyDocument', message);

function hasOneSidTwice(trustPolicy: unknown): boolean {
  const { Statement: statements } = trustPolicy as { readonly Statement: unknown };
  const all: readonly { readonly Sid?: unknown }[] = Array.isArray(statements) ? statements : [];
  const names = all.flatMap(({ Sid }) => (Sid === undefined ? [] : [Sid]));
  return new Set(names).size < names.length;
}

function parsed(trustPolicy: unknown, role: Role | undefined): TrustPolicy {
  try {
    return parseTrustPolicy(trustPolicy);
  } catch (error) {
    if (!(error instanceof MalformedPolicyError)) throw error;
    throw malformed(role ? `role ${role.name}: ${error.message}` : error.message);
  }
}

const trustActions = [
  ...['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'],
  ...['sts:SetContext', 'sts:SetSourceIdentity', 'sts:TagSession'],
];

/**
 * `sts:*` and an action in another case are rejected. Source: captures of real IAM, radkawar/stackd,
 * `iam/policy/testdata/oidc_trust_controls_edges_aws.json`, 2026-09-11; other wildcards were not seen.
 */
function isOfTrust(action: string): boolean {
  return trustActions.includes(action) || /^sts:.+\*/.test(action);
}
