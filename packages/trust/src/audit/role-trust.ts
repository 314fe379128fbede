import { evaluateTrustPolicy } from '../evaluate.ts';
import { concerns } from '../lint-provider.ts';
import { MalformedPolicyError, parseTrustPolicy, type Statement, type TrustPolicy } from '../policy.ts';
import { hasWildcard } from '../wildcard.ts';

/** Who may take a role, as far as its trust policy tells; of one that is not read anybody may. */
export interface RoleTrust {
  /** Services of AWS that may; undefined where any may. */
  readonly services: readonly string[] | undefined;
  /** ARNs of the OIDC and SAML providers that it trusts; `*` for all. */
  readonly providers: readonly string[];
  /** Who it names, as `callersOf` calls them: those of its account need no permission. */
  readonly names: readonly string[];
  /** Whether a role or a user may, by its ARN. */
  readonly allows: (arn: string) => boolean;
}

/** @param document - undefined for one that cannot be read */
export function roleTrust(document: object | undefined): RoleTrust {
  try {
    const policy = withKnownConditions(parseTrustPolicy(document));
    const allowing = policy.statements.filter(({ effect }) => effect === 'Allow');
    const names = allowing.flatMap(({ aws }) => aws.flatMap(callerIn));
    const services = allowing.filter((one) => concerns(one, 'sts:assumerole')).flatMap((one) => one.services);
    return {
      services: names.includes('*') || services.some(hasWildcard) ? undefined : services,
      providers: allowing.flatMap(({ federated }) => federated),
      names: [...new Set(names)],
      allows: (arn) => isTrusted(arn, policy),
    };
  } catch (error) {
    if (!(error instanceof MalformedPolicyError)) throw error;
    return { services: undefined, providers: ['*'], names: ['*'], allows: () => true };
  }
}

/**
 * What a trust policy may call a role or a user: by its ARN, a session of it or, of a user, a session by another name. Everybody is `*`.
 * Source: IAM User Guide, "AWS JSON policy elements: Principal", role session and federated user principals.
 */
export function callersOf(arn: string): { readonly names: readonly string[]; readonly sessions: string } {
  const account = arn.split(':')[4] ?? '';
  const name = arn.slice(arn.lastIndexOf('/') + 1).toLowerCase();
  const isUser = kindOf(arn) === 'user';
  return { names: [arn, '*'], sessions: isUser ? `${account}:federated-user` : `${account}:assumed-role/${name}` };
}

/** `role`, `user` or `group`. */
export const kindOf = (arn: string) => arn.split(':')[5]?.replace(/\/.*/s, '') ?? '';

function callerIn(principal: string): readonly string[] {
  if (principal === '*' || /:(role|user)\//.test(principal)) return [principal];
  return [sessionsIn(principal) ?? []].flat();
}

/** The name of a role has no path in the ARN of its sessions, and is one whatever its case. */
function sessionsIn(principal: string): string | undefined {
  const [, account, role] =
    /^arn:[^:]*:sts::([^:]*):(?:assumed-role\/([^/]*)\/|federated-user\/)/s.exec(principal) ?? [];
  if (account === undefined) return undefined;
  return role === undefined ? `${account}:federated-user` : `${account}:assumed-role/${role.toLowerCase()}`;
}

function isTrusted(caller: string, policy: TrustPolicy): boolean {
  const account = caller.split(':')[4] ?? '';
  const type = kindOf(caller) === 'user' ? 'User' : 'AssumedRole';
  const context = { 'aws:PrincipalArn': caller, 'aws:PrincipalAccount': account, 'aws:PrincipalType': type };
  const { sessions } = callersOf(caller);
  // Whoever may take the role may give the session that name: whether it is meant by what allows, or spared by a denial of all others.
  const statements = policy.statements.map((one) =>
    one.effect === 'Allow' || one.notPrincipal
      ? { ...one, aws: one.aws.map((name) => (sessionsIn(name) === sessions ? caller : name)) }
      : one,
  );
  const request = { principal: { role: caller, account }, action: 'sts:AssumeRole', context };
  return evaluateTrustPolicy({ ...policy, statements }, request).allowed;
}

/** What is not known of a request is taken to be what allows it. */
function withKnownConditions({ version, statements }: TrustPolicy): TrustPolicy {
  return {
    version,
    statements: statements
      .filter(({ effect, conditions }) => effect === 'Allow' || conditions.every(isKnown))
      .map((one) => ({ ...one, conditions: one.conditions.filter(isKnown) })),
  };
}

const isKnown = ({ key, values }: Statement['conditions'][number]) =>
  /^aws:principal(arn|account|type)$/i.test(key) && values.every((value) => !value.includes('${'));
