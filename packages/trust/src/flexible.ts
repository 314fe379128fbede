import { FedbridgeError } from '@fedbridge/core/error';
import { credentialAudience } from '@fedbridge/issuers';
import { credentialName } from './credential-name.ts';
import type { FlexibleFederatedCredential } from './federated-credential.ts';
import { claimTestsOf } from './flexible-expression.ts';
import type { TrustedJob } from './job.ts';

/** Whether Entra's comparison of issuer, subject and audience cannot say who a job is. */
export const needsExpression = ({ pieces, claims }: TrustedJob): boolean =>
  pieces !== undefined || claims !== undefined;

/**
 * The flexible federated credential that allows a job.
 * Source: Microsoft Learn, "Flexible federated identity credentials".
 *
 * @throws FedbridgeError `INPUT_INVALID` where Entra has none for the issuer, or none that tests these claims
 */
export function flexibleTrust(job: TrustedJob, name: string = credentialName(job)): FlexibleFederatedCredential {
  const { issuer, subject, pieces, claims = {}, audience } = job;
  const exact = Object.entries({ ...(pieces ? {} : { sub: subject }), ...claims });
  const value = [
    ...(pieces ? [`claims['sub'] matches '${pieces.map(comparand).join('*')}'`] : []),
    ...exact.map(([claim, text]) => `claims['${claim}'] eq '${comparand(text)}'`),
  ].join(' and ');
  const claimsMatchingExpression = { value, languageVersion: 1 };
  const { problem } = claimTestsOf(claimsMatchingExpression, issuer);
  if (problem === undefined)
    return { name, issuer, claimsMatchingExpression, audiences: [credentialAudience(audience, issuer)] };
  throw new FedbridgeError('INPUT_INVALID', `Entra takes no flexible federated credential for this job: ${problem}.`, {
    hint: 'For GitHub it needs --owner-id and --repository-id, with --mutable-subject where the subjects have no ids yet. Else name one job, whose subject is the same in each run.',
  });
}

/** That the language can escape its quote was not seen, and its wildcards it cannot. */
function comparand(text: string): string {
  if (!/['*?\\]/.test(text)) return text;
  throw new FedbridgeError('INPUT_INVALID', `"${text}" cannot be written in a flexible federated credential.`);
}
