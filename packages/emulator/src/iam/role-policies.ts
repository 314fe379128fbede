import { required } from '../sts/parameters.ts';
import { StsProblem } from '../sts/sts-problem.ts';
import type { Xml } from '../sts/xml.ts';
import { checkParameters, type IamRequest } from './iam-request.ts';
import { namedRole } from './roles.ts';

/** Source: IAM User Guide, "IAM and AWS STS quotas". */
const mostPolicies = 10;

/**
 * Takes every name of a policy of AWS's, and none of an account's own, of which there are none here.
 * Source: IAM API Reference, AttachRolePolicy: one that is attached already is no error.
 *
 * @throws StsProblem
 */
export function attachRolePolicy({ form, account, accounts }: IamRequest): undefined {
  checkParameters(form, ['RoleName', 'PolicyArn']);
  const role = namedRole(form, account);
  const arn = required(form, 'PolicyArn');
  const { partition = 'aws' } = account;
  if (!/^arn:[\w-]+:iam::(\d{12}|aws):policy\/.+$/.test(arn))
    throw new StsProblem('InvalidInput', `ARN ${arn} is not valid.`);
  if (
    !/^[\w+=,.@/-]+$/.test(arn.slice(`arn:${partition}:iam::aws:policy/`.length)) ||
    !arn.startsWith(`arn:${partition}:iam::aws:policy/`)
  )
    throw new StsProblem('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`, 404);
  const attachedPolicies = [...new Set([...(role.attachedPolicies ?? []), arn])];
  if (attachedPolicies.length > mostPolicies)
    throw new StsProblem('LimitExceeded', `Cannot exceed quota for PoliciesPerRole: ${mostPolicies}`, 409);
  accounts.putRole(account, { ...role, attachedPolicies });
}

/** Source: IAM API Reference, ListAttachedRolePolicies. @throws StsProblem */
export function listAttachedRolePolicies({ form, account }: IamRequest): Xml {
  checkParameters(form, ['RoleName']);
  const { attachedPolicies = [] } = namedRole(form, account);
  return {
    IsTruncated: 'false',
    AttachedPolicies: attachedPolicies.map((arn) => ({ PolicyName: arn.split('/').at(-1) ?? '', PolicyArn: arn })),
  };
}
