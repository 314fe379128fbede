import type { TrustRequest } from '@fedbridge/trust';
import type { AwsAccount } from './aws-account.ts';
import { checkPattern, checkSessionPolicy, durationOf, required } from './parameters.ts';
import { beginSession, findRole, isTrusted } from './role-session.ts';
import type { Session, Sessions } from './sessions.ts';
import { StsProblem } from './sts-problem.ts';

type Tags = Session['tags'];

/**
 * A role assumed with the session of another. Every session here is one, so the limit for chained roles always holds.
 * Source: AWS STS API Reference, AssumeRole.
 *
 * @param now - seconds since 1970-01-01 UTC
 * @throws StsProblem
 */
export function assumeRole(
  form: URLSearchParams,
  caller: Session,
  accounts: readonly AwsAccount[],
  sessions: Sessions,
  now: number,
) {
  const arn = required(form, 'RoleArn');
  const name = required(form, 'RoleSessionName');
  checkPattern('roleSessionName', name, /^[\w+=,.@-]{2,64}$/);
  checkSessionPolicy(form.get('Policy'));
  const duration = durationOf(form);
  if (duration > 3600) {
    throw new StsProblem(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  const tags = tagsOf(form);
  const found = findRole(accounts, arn);
  const actions = Object.keys(tags).length > 0 ? ['sts:AssumeRole', 'sts:TagSession'] : ['sts:AssumeRole'];
  const denied = actions.find((action) => !found || !isTrusted(found.role, requestOf(caller, action, form, tags)));
  if (!found || denied) {
    const message = `User: ${caller.arn} is not authorized to perform: ${denied} on resource: ${arn}`;
    throw new StsProblem('AccessDenied', message, 403);
  }
  const inherited = Object.fromEntries(
    Object.entries(caller.tags).filter(([key]) => caller.transitiveTagKeys.includes(key)),
  );
  const clash = Object.keys(inherited).find((key) => Object.hasOwn(tags, key));
  if (clash)
    throw new StsProblem(
      'InvalidParameterValue',
      `One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session: ${clash}`,
    );
  const transitiveTagKeys = [...caller.transitiveTagKeys, ...members(form, 'TransitiveTagKeys')];
  return beginSession(sessions, now, { ...found, name, duration, tags: { ...inherited, ...tags }, transitiveTagKeys });
}

function requestOf(caller: Session, action: string, form: URLSearchParams, tags: Tags): TrustRequest {
  const externalId = form.get('ExternalId');
  const requested = Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]);
  return {
    principal: { role: caller.roleArn, account: caller.account },
    action,
    context: {
      ...(externalId === null ? {} : { 'sts:ExternalId': externalId }),
      'sts:RoleSessionName': form.get('RoleSessionName') ?? '',
      'aws:TagKeys': Object.keys(tags),
      ...Object.fromEntries(requested),
    },
  };
}

function tagsOf(form: URLSearchParams): Tags {
  const tags: Record<string, string> = {};
  for (let member = 1; form.has(`Tags.member.${member}.Key`); member += 1) {
    const key = form.get(`Tags.member.${member}.Key`) ?? '';
    if (Object.keys(tags).some((other) => other.toLowerCase() === key.toLowerCase())) {
      throw new StsProblem(
        'InvalidParameterValue',
        'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
      );
    }
    tags[key] = form.get(`Tags.member.${member}.Value`) ?? '';
  }
  if (Object.keys(tags).length > 50)
    throw new StsProblem(
      'ValidationError',
      "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
    );
  return tags;
}

function members(form: URLSearchParams, name: string): string[] {
  return [...form].filter(([key]) => key.startsWith(`${name}.member.`)).map(([, value]) => value);
}
