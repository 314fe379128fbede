import { FedbridgeError } from '@fedbridge/core/error';
import { isGuid } from '@fedbridge/core/guid';
import {
  azureDevOpsApplication,
  azureDevOpsForm,
  conditionPrefix,
  credentialAudience,
  type EntraCloud,
  entraAudience,
  entraClouds,
  entraIssuer,
  isAwsAudience,
  isComputedEntraSubject,
} from '@fedbridge/issuers';
import { tooLong } from './credential-form.ts';
import { isIssuerUrl } from './issuer-url.ts';
import type { Cloud, TrustedJob } from './job.ts';

/** @throws FedbridgeError `INPUT_INVALID` for a job that no document of the cloud can ever allow */
export function checkThatItCanMatch(job: TrustedJob, cloud: Cloud): void {
  const why = neverMatches(job, cloud);
  if (why !== undefined) throw new FedbridgeError('INPUT_INVALID', why);
}

/** Why no document of a cloud can ever allow a job; undefined where one can. */
export function neverMatches(job: TrustedJob, cloud: Cloud): string | undefined {
  return anywhere(job) ?? (cloud === 'aws' ? atAws(job) : atEntra(job));
}

function anywhere({ issuer, subject, audience }: TrustedJob): string | undefined {
  if (!isIssuerUrl(issuer)) return `The issuer is "${issuer}", which is not an https:// URL as issuers have it.`;
  if (subject === '') return 'The subject is empty.';
  if (audience === '') return 'The audience is empty.';
  if (/\p{Cc}/u.test(subject + audience)) return 'The subject or the audience has a control character.';
  return undefined;
}

/** Source: IAM API Reference, "CreateOpenIDConnectProvider"; of several audiences: captures of real STS, radkawar/stackd, 2026-09-11. */
function atAws({ issuer, subject, audience, azp, otherAudiences = [] }: TrustedJob): string | undefined {
  if (conditionPrefix(issuer).length > 255) return 'The issuer has more than the 255 characters that IAM takes.';
  if ((azp ?? audience).length > 255) return 'The audience has more than the 255 characters that IAM takes.';
  if (otherAudiences.length > 0 && azp === undefined)
    return 'The token has several audiences and no azp, which STS takes from nobody.';
  // Every token that Entra signs for an application has an azp, which STS takes in the place of its audience, and a GUID for that.
  if (isComputedEntraSubject(subject) && (azp === undefined || !isGuid(audience)))
    return `A policy for the audience ${audience} would allow nobody: tokens of a service connection on the Entra issuer are for ${entraAudience.clientId} in every case, with the azp ${azureDevOpsApplication}. Leave the audience out.`;
  return undefined;
}

/**
 * Source: Microsoft Learn, "Important considerations and restrictions for federated identity credentials". Of a pipeline's own token:
 * no guide of Microsoft's has a credential for it, and whether Entra takes one was not seen. It was seen to answer AADSTS700213, as for
 * any subject that no credential has [microsoft/terraform-provider-fabric#23].
 */
function atEntra({ issuer, subject, pieces, audience }: TrustedJob): string | undefined {
  if (azureDevOpsForm(subject) === 'pipeline')
    return 'Entra trusts no pipeline without a service connection (p://): give the job a service connection.';
  if (subject !== subject.trim()) return 'The subject begins or ends with a blank, which Entra does not match.';
  for (const [what, text] of Object.entries({ issuer, subject }))
    if (tooLong(what, text) !== undefined) return tooLong(what, text);
  if (!pieces && subject.includes('*'))
    return `The subject "${subject}" has *, and Entra compares a subject exactly: a pattern needs a flexible federated credential, as --any-ref writes one for GitHub.`;
  return audienceAtEntra(credentialAudience(audience, issuer), issuer);
}

function audienceAtEntra(audience: string, issuer: string): string | undefined {
  const all: readonly EntraCloud[] = Object.values(entraClouds);
  const own = all.flatMap((cloud) => cloud.audience ?? []);
  if (own.includes(audience)) return undefined;
  if (isAwsAudience(audience))
    return `The audience is ${audience}, which is AWS's. Entra's is one of ${own.join(', ')}.`;
  if (entraIssuer(issuer))
    return `The audience is ${audience}, and for a token of its own Entra takes one of ${own.join(', ')} alone (AADSTS700214).`;
  const near = own.find((one) => one.toLowerCase() === audience.replace(/[/\s]+$/, '').toLowerCase());
  return near && `The audience is ${audience}, and Entra's is ${near}, exactly.`;
}
