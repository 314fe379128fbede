import type { IdTokenClaims } from '@fedbridge/identity';
import type { FederatedCredential } from './federated-credential.ts';
import { connectionAudience, jobOf } from './job.ts';
import { type AwsTrust, awsTrust } from './write-aws.ts';
import { entraTrust } from './write-entra.ts';

export interface Inspection {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  readonly azp: string | undefined;
  readonly platform: string;
  readonly form: string;
  /** ISO 8601 in UTC. */
  readonly issued: string | undefined;
  readonly expires: string;
  readonly hasEnded: boolean;
  readonly trust: { readonly aws: AwsTrust; readonly entra: FederatedCredential };
}

/** What a token says and what a trust for it looks like; never the token. @param now - ms since 1970-01-01 UTC */
export function inspectClaims(claims: IdTokenClaims, account: string, now: number): Inspection {
  const job = jobOf(claims);
  const { platform, form } = formOf(job.issuer, job.subject, job.audience);
  return {
    issuer: job.issuer,
    subject: job.subject,
    audience: job.audience,
    azp: job.azp,
    platform,
    form,
    issued: claims.iat === undefined ? undefined : iso(claims.iat),
    expires: iso(claims.exp),
    hasEnded: claims.exp * 1000 <= now,
    trust: { aws: awsTrust(job, { account, partition: 'aws' }), entra: entraTrust(job, 'fedbridge') },
  };
}

function formOf(issuer: string, subject: string, audience: string): { platform: string; form: string } {
  if (subject.startsWith('p://'))
    return { platform: 'Azure Pipelines', form: 'a pipeline, without a service connection' };
  if (subject.startsWith('sc://'))
    return {
      platform: 'Azure Pipelines',
      form: 'a service connection on the Azure DevOps issuer, which stops on 2027-07-01',
    };
  if (subject.startsWith('/eid1/') || audience === connectionAudience)
    return { platform: 'Azure Pipelines', form: 'a service connection on the Entra issuer' };
  if (subject.startsWith('system:serviceaccount:')) return { platform: 'Kubernetes', form: 'a service account' };
  if (/^repo:[^:/]+@\d+\/[^:]+@\d+:/.test(subject)) return { platform: 'GitHub Actions', form: 'an immutable subject' };
  if (/^repo:/.test(subject))
    return { platform: 'GitHub Actions', form: 'a subject of names, which can be given to others' };
  if (/^https:\/\/(sts\.windows\.net|login\.microsoftonline\.)/.test(issuer))
    return { platform: 'Entra', form: 'a managed identity or an application' };
  if (/token\.actions\./.test(issuer)) return { platform: 'GitHub Actions', form: 'a customized subject' };
  return { platform: 'unknown', form: 'unknown' };
}

const iso = (seconds: number) =>
  Math.abs(seconds) <= 8.64e12 ? new Date(seconds * 1000).toISOString() : `${seconds} s`;
