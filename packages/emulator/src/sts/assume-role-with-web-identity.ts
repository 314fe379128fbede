import type { TrustRequest } from '@fedbridge/trust';
import type { RelyingParty } from '../server/relying-party.ts';
import type { AwsAccount, Role } from './aws-account.ts';
import { conditionKeys } from './condition-keys.ts';
import { providerArn } from './oidc-provider.ts';
import { checkPattern, checkSessionPolicy, durationOf, required } from './parameters.ts';
import { beginSession, findRole, isTrusted } from './role-session.ts';
import { isAuthorizedByIdp } from './roles-claim.ts';
import { type SessionClaims, sessionClaimsOf } from './session-claims.ts';
import type { Sessions } from './sessions.ts';
import { StsProblem } from './sts-problem.ts';
import { acceptWebIdentity } from './web-identity-token.ts';
import type { Xml } from './xml.ts';

/** What a call is decided by beside its parameters. */
export interface AssumeRoleContext {
  readonly accounts: readonly AwsAccount[];
  readonly relyingParty: RelyingParty;
  readonly sessions: Sessions;
  /** GitHub's issuer in this emulator. */
  readonly gitHub: string;
  /** Seconds since 1970-01-01 UTC. */
  readonly now: number;
}

/**
 * Source: AWS STS API Reference, AssumeRoleWithWebIdentity; the order of the checks is not documented.
 *
 * @throws StsProblem
 */
export async function assumeRoleWithWebIdentity(form: URLSearchParams, context: AssumeRoleContext) {
  const { now, accounts, gitHub } = context;
  const [arn, sessionName, token] = ['RoleArn', 'RoleSessionName', 'WebIdentityToken'].map((name) =>
    required(form, name),
  ) as [string, string, string];
  checkPattern('roleSessionName', sessionName, /^[\w+=,.@-]{2,64}$/);
  checkPattern('roleArn', arn, /^arn:[\w-]+:iam::\d{12}:role\/.+$/);
  const duration = durationOf(form);
  checkSessionPolicy(form.get('Policy'));
  checkProviderId(form.get('ProviderId'));
  const found = findRole(accounts, arn);
  const account =
    found?.account ?? accounts.find(({ id, partition = 'aws' }) => arn.startsWith(`arn:${partition}:iam::${id}:`));
  if (!account) throw denied();
  const identity = await acceptWebIdentity(token, account, context.relyingParty, now);
  const begun = sessionClaimsOf(identity.claims);
  const isAuthorized = isAuthorizedByIdp(identity.claims, arn);
  const provider = providerArn(account, identity.provider);
  const request: Omit<TrustRequest, 'action'> = {
    principal: { provider },
    context: {
      ...conditionKeys(identity, account, identity.provider.url === gitHub),
      ...keysOfRequest(begun, now),
      'sts:RoleSessionName': sessionName,
      'sts:RoleAuthorizedByIdp': String(isAuthorized),
    },
  };
  if (!found || !isAllowed(found.role, begun, request)) throw denied();
  const { members, secrets } = beginSession(context.sessions, now, { ...found, name: sessionName, duration, ...begun });
  const result: Xml = {
    SubjectFromWebIdentityToken: identity.subject,
    Audience: identity.audience,
    Provider: provider,
    ...(begun.sourceIdentity === undefined ? {} : { SourceIdentity: begun.sourceIdentity }),
    ...members,
  };
  return { result, secrets };
}

function denied(): StsProblem {
  return new StsProblem('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403);
}

/** Source: captures of real STS, radkawar/stackd, `internal/services/sts/testdata/oidc/aws-trust.json`, 2026-09-11. */
function checkProviderId(id: string | null): void {
  if (id === null) return;
  if (id === 'www.amazon.com')
    throw new StsProblem('InvalidIdentityToken', 'Provided Token is not a Login With Amazon token');
  if (id === 'graph.facebook.com') {
    const message = 'graph.facebook.com rejected OAuth token with response "Bad signature" and code 190';
    throw new StsProblem('IDPRejectedClaim', message, 403);
  }
  const message =
    'Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens';
  throw new StsProblem('AccessDenied', message, 403);
}

/** Tags and a source identity are actions of their own, which the trust policy must allow as well. */
function isAllowed(
  role: Role,
  { tags, sourceIdentity }: SessionClaims,
  request: Omit<TrustRequest, 'action'>,
): boolean {
  const actions = [
    'sts:AssumeRoleWithWebIdentity',
    ...(Object.keys(tags).length > 0 ? ['sts:TagSession'] : []),
    ...(sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ];
  return actions.every((action) => isTrusted(role, { ...request, action }));
}

/** Source: IAM User Guide, "AWS global condition context keys". */
function keysOfRequest(
  { tags, transitiveTagKeys, sourceIdentity }: SessionClaims,
  now: number,
): TrustRequest['context'] {
  const tagged = Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]);
  return {
    'aws:CurrentTime': new Date(now * 1000).toISOString(),
    'aws:EpochTime': String(now),
    'aws:SecureTransport': 'true',
    'aws:SourceIp': '127.0.0.1',
    ...(tagged.length > 0 ? { 'aws:TagKeys': Object.keys(tags), 'sts:TransitiveTagKeys': transitiveTagKeys } : {}),
    ...(sourceIdentity === undefined ? {} : { 'sts:SourceIdentity': sourceIdentity }),
    ...Object.fromEntries(tagged),
  };
}
