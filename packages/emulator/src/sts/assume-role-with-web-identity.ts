import { partiesOf, providerAccepts, providerArn, webIdentityRequest } from '@fedbridge/trust';
import { type Jwt, readJwt } from '../server/jwt.ts';
import { IssuerUnreachableError, type RelyingParty } from '../server/relying-party.ts';
import { conditionKeys } from './condition-keys.ts';
import type { AwsAccount, OidcProvider } from './config.ts';
import { StsProblem } from './problem.ts';
import { checkPattern, checkSessionPolicy, durationOf, required } from './request.ts';
import { beginSession, findRole, isTrusted } from './role-session.ts';
import type { Sessions } from './sessions.ts';
import type { Xml } from './xml.ts';

/** STS takes a token this many seconds past its end. */
const grace = 300;

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
  const [arn, sessionName, token] = ['RoleArn', 'RoleSessionName', 'WebIdentityToken'].map((name) =>
    required(form, name),
  ) as [string, string, string];
  checkPattern('roleSessionName', sessionName, /^[\w+=,.@-]{2,64}$/);
  checkPattern('roleArn', arn, /^arn:[\w-]+:iam::\d{12}:role\/.+$/);
  const duration = durationOf(form);
  checkSessionPolicy(form.get('Policy'));
  const denied = () => new StsProblem('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403);
  const found = findRole(context.accounts, arn);
  const account =
    found?.account ??
    context.accounts.find(({ id, partition = 'aws' }) => arn.startsWith(`arn:${partition}:iam::${id}:`));
  if (!account) throw denied();
  const jwt = read(token);
  const { claims } = jwt;
  const provider = providerOf(account, String(claims.iss));
  await verify(jwt, provider, context.relyingParty);
  if (partiesOf(claims).length > 1) {
    const what = 'Token audience contains more than one audience while authorized party is not present';
    throw new StsProblem('InvalidIdentityToken', what);
  }
  if (!providerAccepts(provider.clientIds, claims)) {
    throw new StsProblem('InvalidIdentityToken', 'Incorrect token audience');
  }
  if ((claims.exp ?? 0) + grace <= context.now) {
    throw new StsProblem(
      'ExpiredTokenException',
      `Token expired: current date/time ${context.now} must be before the expiration date/time ${claims.exp}`,
    );
  }
  const keys = conditionKeys(provider.url === context.gitHub);
  const request = webIdentityRequest(claims, arnOf(account, provider), keys, context.now, {
    'sts:RoleSessionName': sessionName,
  });
  if (!found || !isTrusted(found.role, request)) throw denied();
  const { members, secrets } = beginSession(context.sessions, context.now, { ...found, name: sessionName, duration });
  const result: Xml = {
    SubjectFromWebIdentityToken: claims.sub ?? '',
    Audience: partiesOf(claims)[0] ?? '',
    Provider: arnOf(account, provider),
    ...members,
  };
  return { result, secrets };
}

function read(token: string): Jwt {
  try {
    return readJwt(token);
  } catch {
    throw new StsProblem(
      'InvalidIdentityToken',
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    );
  }
}

function providerOf(account: AwsAccount, issuer: string): OidcProvider {
  const provider = account.oidcProviders.find(({ url }) => url === issuer);
  if (provider) return provider;
  throw new StsProblem('InvalidIdentityToken', `No OpenIDConnect provider found in your account for ${issuer}`);
}

async function verify(jwt: Jwt, provider: OidcProvider, relyingParty: RelyingParty): Promise<void> {
  try {
    await relyingParty.verify(jwt, provider.url);
  } catch (error) {
    if (error instanceof IssuerUnreachableError) {
      throw new StsProblem(
        'InvalidIdentityToken',
        "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
      );
    }
    throw new StsProblem('InvalidIdentityToken', 'The ID Token provided could not be verified: invalid signature.');
  }
}

function arnOf({ id, partition = 'aws' }: AwsAccount, { url }: OidcProvider): string {
  return providerArn(url, id, partition);
}
