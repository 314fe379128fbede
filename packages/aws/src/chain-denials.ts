import { type Caller, inputOfRole } from './credentials.ts';
import type { RoleRequest } from './role-request.ts';
import { roleSessionRules } from './role-session-denials.ts';
import type { DenialRule } from './sts-denial.ts';

/** What STS's codes mean for a role that another assumes, the first rule that fits. */
export function chainRules(request: RoleRequest, caller: Caller): readonly DenialRule[] {
  return [
    {
      code: 'AccessDenied',
      message: /sts:TagSession/,
      what: `it does not allow ${caller.title} to pass session tags`,
      kind: 'denied',
      hint: `Set {roleSkipSessionTagging} and leave {customTags} out, or let the role take them.\n${trustPolicy(request, caller)}`,
    },
    {
      code: 'AccessDenied',
      what: `its trust policy does not allow ${caller.title}, or it does not exist`,
      kind: 'denied',
      hint: trustPolicy(request, caller),
    },
    {
      code: 'ExpiredToken',
      what: 'the credentials of the role before it have expired',
      kind: 'rejected',
      hint: 'The clock of this machine is wrong, or the chain took too long.',
    },
    ...roleSessionRules(request),
  ];
}

function trustPolicy({ role, externalId, tags = [] }: RoleRequest, caller: Caller): string {
  const { title, role: known } = caller;
  const [, roleName = title] = /:assumed-role\/(.+)\/[^/]+$/.exec(known?.arn ?? '') ?? [];
  const statement = {
    Effect: 'Allow',
    Principal: {
      AWS: `arn:${role.partition}:iam::${known?.accountId ?? '<its account>'}:role/${known ? roleName : '<its role>'}`,
    },
    Action: tags.length > 0 ? ['sts:AssumeRole', 'sts:TagSession'] : 'sts:AssumeRole',
    ...(externalId === undefined ? {} : { Condition: { StringEquals: { 'sts:ExternalId': externalId } } }),
  };
  return [
    `See that ${inputOfRole(caller)} is right and ${role.arn} exists, that ${roleName} may call sts:AssumeRole on it, and that its trust policy has this`,
    `statement (the path of ${roleName}, if it has one, belongs before its name):`,
    JSON.stringify(statement, null, 2),
  ].join('\n');
}
