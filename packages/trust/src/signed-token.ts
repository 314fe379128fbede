import { entraIssuer, issuerOf } from '@fedbridge/issuers';
import { issuerFault, whyNoSubject } from './lint-never.ts';
import type { Verdict } from './verdict.ts';
import { partiesOf, type WebIdentityClaims } from './web-identity.ts';
import { canSign } from './who/can-sign.ts';

/** What a document says to a token that its issuer signs: of one that nobody can have it is denied, whatever the document says. */
export function verdictOnSigned(verdict: Verdict, claims: WebIdentityClaims): Verdict {
  const why = verdict.allowed === false ? undefined : whyNotSigned(claims);
  return why === undefined ? verdict : { allowed: false, why: [why] };
}

/** Why no issuer signs a token with these claims, a sentence; undefined where one may. */
function whyNotSigned(claims: WebIdentityClaims): string | undefined {
  const { iss = '', aud, azp } = claims;
  const sub = String(claims.sub ?? '');
  const fault = issuerFault(iss);
  if (fault?.isCertain) return `No token has the issuer ${iss}. ${fault.why}`;
  const title = issuerOf(iss)?.title ?? iss;
  if (!canSign(iss, { sub }))
    return whyNoSubject(iss, sub) ?? `No token of ${title} has the subject ${JSON.stringify(sub)}.`;
  const [audience] = typeof aud === 'string' ? [aud] : (aud ?? []);
  if (audience === undefined || partiesOf({ aud: aud ?? [] }).length !== 1) return undefined;
  if (typeof azp === 'string') return canSign(iss, { sub, aud: audience, azp }) ? undefined : notFor(title, audience);
  if (canSign(iss, { sub, aud: audience }, ['azp'])) return undefined;
  // Claims that somebody wrote down may lack the one that counts.
  if (entraIssuer(iss) && canSign(iss, { sub, aud: audience }))
    return `Tokens of ${title} like this have an azp, which AWS compares in the place of the audience. These claims have none.`;
  return notFor(title, audience);
}

const notFor = (title: string, audience: string) =>
  `No token of ${title} has the audience ${JSON.stringify(audience)} like this.`;
