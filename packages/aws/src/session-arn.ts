import type { RoleArn } from './role-arn.ts';
import type { SessionName } from './session-name.ts';

/** A role session by its parts. */
export interface SessionArn {
  readonly partition: string;
  readonly accountId: string;
  /** Of the role, without its path. */
  readonly roleName: string;
  readonly sessionName: string;
}

const pattern = /^arn:([a-z-]+):sts::(\d{12}):assumed-role\/([\w+=,.@-]{1,64})\/([\w+=,.@-]{2,64})$/;

/** Reads `arn:<partition>:sts::<account>:assumed-role/<role>/<session>`; undefined for anything else. */
export function parseSessionArn(arn: string): SessionArn | undefined {
  const [, partition = '', accountId = '', roleName = '', sessionName = ''] = pattern.exec(arn) ?? [];
  return partition === '' ? undefined : { partition, accountId, roleName, sessionName };
}

/** The ARN of a role's session. A role's path is not in it. */
export function sessionArn(role: RoleArn, sessionName: SessionName): string {
  return `arn:${role.partition}:sts::${role.accountId}:assumed-role/${nameOf(role)}/${sessionName}`;
}

/** Whether a session is one of a role, and has a name, where one is asked for. */
export function isSessionOf(arn: string, role: RoleArn, sessionName: SessionName | undefined): boolean {
  const session = parseSessionArn(arn);
  return (
    session !== undefined &&
    session.partition === role.partition &&
    session.accountId === role.accountId &&
    session.roleName === nameOf(role) &&
    (sessionName === undefined || session.sessionName === sessionName)
  );
}

function nameOf({ role }: RoleArn): string {
  return role.split('/').at(-1) ?? role;
}
