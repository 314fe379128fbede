import { createHash } from 'node:crypto';
import { evaluateTrustPolicy, MalformedPolicyError, parseTrustPolicy, type TrustRequest } from '@fedbridge/trust';
import type { AwsAccount, Role } from './aws-account.ts';
import { type Session, type Sessions, uniqueId } from './sessions.ts';
import { StsProblem } from './sts-problem.ts';
import type { Xml } from './xml.ts';

/** A session to begin. */
export interface RoleSession {
  readonly account: AwsAccount;
  readonly role: Role;
  readonly name: string;
  /** Seconds. */
  readonly duration: number;
  readonly tags?: Session['tags'];
  readonly transitiveTagKeys?: readonly string[];
}

/** Finds a role by its ARN. */
export function findRole(
  accounts: readonly AwsAccount[],
  arn: string,
): { account: AwsAccount; role: Role } | undefined {
  for (const account of accounts) {
    const role = account.roles.find((one) => arn === roleArn(account, one));
    if (role) return { account, role };
  }
  return undefined;
}

/** Whether a role's trust policy allows a request. @throws StsProblem for a policy that IAM would not take */
export function isTrusted({ trustPolicy }: Role, request: TrustRequest): boolean {
  try {
    return evaluateTrustPolicy(parseTrustPolicy(trustPolicy), request).allowed;
  } catch (error) {
    if (error instanceof MalformedPolicyError) throw new StsProblem('MalformedPolicyDocument', error.message);
    throw error;
  }
}

/** Begins a session and gives what both actions answer of it. @throws StsProblem */
export function beginSession(
  sessions: Sessions,
  now: number,
  begun: RoleSession,
): { members: Xml & object; secrets: string[] } {
  const { role, duration } = begun;
  if (duration > (role.maxSessionDurationSeconds ?? 3600)) {
    throw new StsProblem(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  const session = issueSession(sessions, now, begun);
  const members = {
    AssumedRoleUser: { Arn: session.arn, AssumedRoleId: session.userId },
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: new Date(session.expires * 1000).toISOString().replace('.000', ''),
    },
  };
  return { members, secrets: [session.secretAccessKey, session.sessionToken] };
}

/** The session of a role, whoever begins it. @param now - seconds since 1970-01-01 UTC */
export function issueSession(
  sessions: Sessions,
  now: number,
  { account, role, name, duration, ...begun }: RoleSession,
): Session {
  return sessions.issue({
    account: account.id,
    // A session's ARN has the role's name without its path.
    arn: `arn:${account.partition ?? 'aws'}:sts::${account.id}:assumed-role/${role.name.split('/').at(-1)}/${name}`,
    roleArn: roleArn(account, role),
    userId: `${roleId(roleArn(account, role))}:${name}`,
    expires: now + (role.sessionSeconds ?? duration),
    tags: begun.tags ?? {},
    transitiveTagKeys: begun.transitiveTagKeys ?? [],
  });
}

/** The role's unique id, the same for the same role each time. */
export function roleId(arn: string): string {
  return `AROA${uniqueId(createHash('sha256').update(arn).digest().subarray(0, 17))}`;
}

/** The role's own ARN. */
export function roleArn({ id, partition = 'aws' }: AwsAccount, { name }: Role): string {
  return `arn:${partition}:iam::${id}:role/${name}`;
}
