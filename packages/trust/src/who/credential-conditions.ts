import { credentialAudience, entraAudience, entraAudiences, entraIssuer } from '@fedbridge/issuers';
import { whyNoTokenFits } from '../credential-faults.ts';
import type { AnyFederatedCredential } from '../federated-credential.ts';
import { claimTestsOf } from '../flexible-expression.ts';
import type { Condition } from '../policy.ts';

/** Why a federated credential allows nobody whatever a token has, a sentence; undefined for one that may allow somebody. */
export function whyNeverAllows(credential: AnyFederatedCredential): string | undefined {
  const { claimsMatchingExpression, issuer } = credential;
  const problem = claimsMatchingExpression && claimTestsOf(claimsMatchingExpression, issuer).problem;
  return problem === undefined ? whyNoTokenFits(credential) : `Entra rejects its expression: ${problem}.`;
}

/** A credential as conditions on claims; undefined for one that Entra does not take. */
export function credentialConditions(credential: AnyFederatedCredential): readonly Condition[] | undefined {
  const { audiences, issuer } = credential;
  // Entra reads the id of its application as the URI, so that no token has the id as its audience there.
  const id = entraAudience.clientId;
  // That the URI of another cloud is not its own was not seen.
  const isOfExchange = (one: string) => one !== id && entraAudiences().includes(one);
  const isOwn = entraIssuer(issuer) ? audiences.some(isOfExchange) : audiences.includes(credentialAudience(id, issuer));
  const values = [...audiences.filter((one) => one !== id), ...(isOwn ? [id] : [])];
  const audience = { operator: 'StringEquals', key: 'aud', values };
  if (!credential.claimsMatchingExpression)
    return [{ operator: 'StringEquals', key: 'sub', values: [credential.subject] }, audience];
  const { tests } = claimTestsOf(credential.claimsMatchingExpression, issuer);
  const conditions = tests?.map(({ claim, operator, comparand }) => ({
    operator: operator === 'eq' ? 'StringEquals' : 'StringLike',
    key: claim,
    values: [comparand],
  }));
  return conditions && [...conditions, audience];
}
