import type { AwsAccount, Role } from '../sts/aws-account.ts';
import { checkTrustPolicy, IamProblem } from '../sts/create-role.ts';
import { checkPattern, required } from '../sts/parameters.ts';
import { roleArn, roleId } from '../sts/role-session.ts';
import { StsProblem } from '../sts/sts-problem.ts';
import type { Xml } from '../sts/xml.ts';
import { checkLength, checkParameters, type IamRequest, timeOf } from './iam-request.ts';

/**
 * Source: IAM API Reference, CreateRole; the words as users quote them.
 *
 * @throws StsProblem
 */
export function createRole({ form, account, accounts, gitHub, now }: IamRequest): Xml {
  checkParameters(form, ['RoleName', 'Path', 'AssumeRolePolicyDocument', 'Description', 'MaxSessionDuration']);
  const name = required(form, 'RoleName');
  checkPattern('roleName', name, /^[\w+=,.@-]{1,64}$/);
  const path = form.get('Path') ?? '/';
  checkPattern('path', path, /^\/([\x21-\x7e]+\/)?$/);
  const description = form.get('Description');
  checkLength('description', description ?? '', 1000);
  const trustPolicy = documentIn(required(form, 'AssumeRolePolicyDocument'), gitHub);
  const role: Role = {
    name: `${path.slice(1)}${name}`,
    trustPolicy,
    ...(description === null ? {} : { description }),
    ...durationIn(form),
    createdAt: now,
  };
  // Names are unique whatever their case and their path.
  if (account.roles.some((one) => nameOf(one).toLowerCase() === name.toLowerCase()))
    throw new StsProblem('EntityAlreadyExists', `Role with name ${name} already exists.`, 409);
  accounts.putRole(account, role);
  return { Role: described(account, role) };
}

/** Source: IAM API Reference, GetRole. @throws StsProblem */
export function getRole({ form, account }: IamRequest): Xml {
  checkParameters(form, ['RoleName']);
  return { Role: described(account, namedRole(form, account)) };
}

/** Source: IAM API Reference, UpdateAssumeRolePolicy. @throws StsProblem */
export function updateAssumeRolePolicy({ form, account, accounts, gitHub }: IamRequest): undefined {
  checkParameters(form, ['RoleName', 'PolicyDocument']);
  const role = namedRole(form, account);
  const trustPolicy = documentIn(required(form, 'PolicyDocument'), gitHub);
  // A policy that is written anew is one of today.
  accounts.putRole(account, { ...role, trustPolicy, predatesIdentityProviderControls: false });
}

/** @throws StsProblem */
export function namedRole(form: URLSearchParams, account: AwsAccount): Role {
  const name = required(form, 'RoleName');
  const role = account.roles.find((one) => nameOf(one).toLowerCase() === name.toLowerCase());
  if (role) return role;
  throw new StsProblem('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);
}

const nameOf = ({ name }: Role) => name.split('/').at(-1) ?? '';

function described(account: AwsAccount, role: Role): Xml {
  const arn = roleArn(account, role);
  return {
    Path: `/${role.name.slice(0, -nameOf(role).length)}`,
    RoleName: nameOf(role),
    RoleId: roleId(arn),
    Arn: arn,
    CreateDate: timeOf(role.createdAt ?? 0),
    // Source: IAM API Reference, Role: URL-encoded, as RFC 3986 says.
    AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(role.trustPolicy)),
    ...(role.description === undefined ? {} : { Description: role.description }),
    MaxSessionDuration: role.maxSessionDurationSeconds ?? 3600,
  };
}

/** Source: IAM User Guide, "IAM and AWS STS quotas": white space does not count. */
const mostCharacters = 2048;

function documentIn(text: string, gitHub: string): unknown {
  if (text.replace(/\s/g, '').length > mostCharacters)
    throw new StsProblem('LimitExceeded', `Cannot exceed quota for ACLSizePerRole: ${mostCharacters}`, 409);
  const document = parsed(text);
  try {
    checkTrustPolicy(document, gitHub);
  } catch (error) {
    if (error instanceof IamProblem) throw new StsProblem(error.code, error.said);
    throw error;
  }
  return document;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new StsProblem('MalformedPolicyDocument', 'This policy contains invalid Json');
  }
}

function durationIn(form: URLSearchParams): Pick<Role, 'maxSessionDurationSeconds'> {
  const text = form.get('MaxSessionDuration');
  if (text === null) return {};
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 3600 && seconds <= 43_200) return { maxSessionDurationSeconds: seconds };
  const bound = seconds < 3600 ? 'greater than or equal to 3600' : 'less than or equal to 43200';
  throw new StsProblem(
    'ValidationError',
    `1 validation error detected: Value '${text}' at 'maxSessionDuration' failed to satisfy constraint: Member must have value ${bound}`,
  );
}
