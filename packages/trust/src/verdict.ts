import { isLoopback } from '@fedbridge/core/endpoint';
import {
  type ConditionKey,
  conditionKeysOf,
  conditionPrefix,
  credentialAudience,
  gitHub,
  gitHubIssuer,
} from '@fedbridge/issuers';
import { evaluateTrustPolicy } from './evaluate.ts';
import { explainEvaluation, explainMatch } from './explain.ts';
import { type AnyFederatedCredential, matchFederatedCredential } from './federated-credential.ts';
import { federatedPrincipal } from './job.ts';
import type { TrustPolicy } from './policy.ts';
import {
  assertionProblem,
  type Presentation,
  type WebIdentityClaims,
  webIdentityProblem,
  webIdentityRequest,
} from './web-identity.ts';

/** Whether a token is allowed, and why, a sentence each. */
export interface Verdict {
  readonly allowed: boolean;
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
  const name = conditionPrefix(claims.iss ?? '');
  const named = policy.statements.flatMap(({ federated }) => federated);
  // Which account's provider it is makes no difference to a policy that names none.
  const own = federatedPrincipal(claims.iss ?? '', '000000000000', 'aws');
  const provider = named.find((arn) => arn.endsWith(`:oidc-provider/${name}`) && own.startsWith('arn:')) ?? own;
  const request = webIdentityRequest(claims, provider, keysOf(claims), presented.now, others);
  const evaluation = evaluateTrustPolicy(policy, request);
  // The account that stands in for one is nobody's.
  const why = explainEvaluation(evaluation, request).map((one) =>
    own.startsWith('arn:') ? one.replace(own, `an OIDC provider of ${claims.iss}`) : one,
  );
  return { allowed: evaluation.allowed, why };
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
  const match = matchFederatedCredential(credentials, assertion);
  return { allowed: match.matched !== undefined, why: explainMatch(match, credentials, assertion) };
}

/** An emulator's issuer, which AWS does not know, stands for GitHub's where its subjects are GitHub's. */
function keysOf({ iss = '', sub }: WebIdentityClaims): readonly ConditionKey[] {
  const isHere = URL.canParse(iss) && isLoopback(new URL(iss));
  return conditionKeysOf(isHere && gitHub.parseSubject(String(sub)) ? gitHubIssuer : iss);
}
