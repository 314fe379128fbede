import { isLoopback } from '@fedbridge/core/endpoint';
import { remembered } from '@fedbridge/core/remembered';
import {
  type ConditionKey,
  conditionKeysOf,
  conditionPrefix,
  credentialAudience,
  gitHub,
  gitHubIssuer,
} from '@fedbridge/issuers';
import { type Evaluation, evaluateTrustPolicy, type TrustRequest } from './evaluate.ts';
import { explainEvaluation, explainMatch } from './explain.ts';
import { type AnyFederatedCredential, matchFederatedCredential } from './federated-credential.ts';
import { federatedPrincipal } from './job.ts';
import type { Statement, TrustPolicy } from './policy.ts';
import {
  assertionProblem,
  type Presentation,
  type WebIdentityClaims,
  webIdentityProblem,
  webIdentityRequest,
} from './web-identity.ts';
import { whyNeverAllows } from './who/credential-conditions.ts';
import { unsurePrincipal } from './who/scopes.ts';

/** Whether a token is allowed, and why, a sentence each. */
export interface Verdict {
  /** `null` where it is not documented, so that it is not decided. */
  readonly allowed: boolean | null;
  readonly why: readonly string[];
}

/** What STS would say to a token, by the role's trust policy. @param others - condition keys that no token has */
export function policyVerdict(
  policy: TrustPolicy,
  claims: WebIdentityClaims,
  presented: Presentation,
  others: Readonly<Record<string, string>> = {},
): Verdict {
  const problem = webIdentityProblem(claims, presented);
  if (problem !== undefined) return { allowed: false, why: [problem] };
  // Which account's provider it is makes no difference to a policy that names none.
  const own = federatedPrincipal(claims.iss ?? '', '000000000000', 'aws');
  const providers =
    presented.provider === undefined ? providersFor(policy, claims.iss ?? '', own) : [presented.provider];
  const tried = providers.map((provider) => {
    const request = webIdentityRequest(claims, provider, keysOf(claims), presented.now, others);
    return { request, ...decided(policy, request, provider) };
  });
  const allowed = tried.find(({ evaluation, undecided }) => evaluation.allowed && undecided === undefined);
  const undecided = allowed ? undefined : tried.find((one) => one.undecided !== undefined)?.undecided;
  if (undecided !== undefined)
    return {
      allowed: null,
      why: [`Statement ${undecided + 1} may deny it: whether it is of web identities is not documented.`],
    };
  const why = (allowed ? [allowed] : tried).flatMap(({ request, evaluation }) =>
    explainEvaluation(allowed ? evaluation : withoutOthers(evaluation, policy, providers), request),
  );
  // The account that stands in for one is nobody's.
  const told = why.map((one) => (own.startsWith('arn:') ? one.replace(own, `an OIDC provider of ${claims.iss}`) : one));
  return { allowed: allowed !== undefined, why: [...new Set(told)] };
}

/**
 * What a policy says, as far as it is documented.
 *
 * @returns with `undecided`, the statement of which it hangs on whether a denial is of web identities too, as `who` takes it for one that is not
 */
function decided(
  policy: TrustPolicy,
  request: TrustRequest,
  provider: string,
): { readonly evaluation: Evaluation; readonly undecided?: number } {
  const isUnsure = (one: Statement) => one.effect === 'Deny' && unsurePrincipal(one, provider) !== undefined;
  if (!policy.statements.some(isUnsure)) return { evaluation: evaluateTrustPolicy(policy, request) };
  const withUnsure = (part: Partial<Statement>): TrustPolicy => ({
    ...policy,
    statements: policy.statements.map((one) => (isUnsure(one) ? { ...one, ...part } : one)),
  });
  const evaluation = evaluateTrustPolicy(withUnsure(ofNobody), request);
  const ifDenied = evaluateTrustPolicy(withUnsure({ ...ofNobody, aws: ['*'] }), request);
  if (!evaluation.allowed || ifDenied.allowed || ifDenied.why !== 'denied') return { evaluation };
  return { evaluation, undecided: ifDenied.statement };
}

const ofNobody = { aws: [], federated: [], services: [], notPrincipal: false } as const;

/**
 * The providers of an issuer that a policy names: one that serves several accounts names that of each, and whose the role is, is not
 * known. Where any provider will do, that of an account which is not named is one too. Of an issuer that AWS knows by its name there are
 * providers in accounts as well, though AWS asks nobody to make one.
 */
function providersFor({ statements }: TrustPolicy, iss: string, own: string): readonly string[] {
  const named = statements.flatMap(({ federated }) => federated);
  const name = conditionPrefix(iss);
  const same = named.filter((one) => one === own || one.endsWith(`:oidc-provider/${name}`));
  const isAny = statements.some(({ effect, federated }) => effect === 'Allow' && federated.includes('*'));
  return [...new Set([...same, ...(same.length === 0 || isAny ? [own] : [])])];
}

/** That a statement is about the provider of one account says nothing of the token where those of others are asked too. */
function withoutOthers(evaluation: Evaluation, { statements }: TrustPolicy, providers: readonly string[]): Evaluation {
  if (evaluation.allowed || evaluation.why === 'denied' || providers.length === 1) return evaluation;
  const isOfOther = ({ statement, part }: (typeof evaluation.failed)[number]) =>
    part === 'principal' && statements[statement]?.federated.some((arn) => providers.includes(arn)) === true;
  return { ...evaluation, failed: evaluation.failed.filter((one) => !isOfOther(one)) };
}

/** What Entra would say to a token, by an identity's federated credentials. */
export function credentialsVerdict(
  credentials: readonly AnyFederatedCredential[],
  claims: WebIdentityClaims,
  presented: Presentation,
): Verdict {
  const problem = assertionProblem(claims, presented);
  if (problem !== undefined) return { allowed: false, why: [problem] };
  const { iss = '', sub, aud } = claims;
  const assertion = {
    issuer: iss,
    subject: String(sub ?? ''),
    audience: credentialAudience(typeof aud === 'string' ? aud : (aud?.[0] ?? ''), iss),
    claims,
  };
  const match = matchFederatedCredential(credentials.filter(isTaken), assertion);
  return { allowed: match.matched !== undefined, why: explainMatch(match, credentials, assertion) };
}

/** Whether Entra takes a credential, and a token can fit it. */
const isTaken = (credential: AnyFederatedCredential) => whyNeverAllows(credential) === undefined;

/** An emulator's issuer, which AWS does not know, stands for GitHub's where its subjects are GitHub's. */
function keysOf({ iss = '', sub }: WebIdentityClaims): readonly ConditionKey[] {
  return conditionKeysOf(isHere(iss) && gitHub.parseSubject(String(sub)) ? gitHubIssuer : iss);
}

const isHere = remembered((iss) => URL.canParse(iss) && isLoopback(new URL(iss)));
