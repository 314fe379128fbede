import { FedbridgeError } from '@fedbridge/core/error';
import type { IdTokenClaims } from '@fedbridge/identity';
import {
  azureDevOps,
  azureDevOpsApplication,
  azureDevOpsForm,
  azureDevOpsIssuerEnds,
  entra,
  gitHub,
  isComputedEntraSubject,
  isRetired,
  issuerOf,
  kubernetes,
  parseEntraSubject,
  repositoryOf,
} from '@fedbridge/issuers';
import type { AnyFederatedCredential } from './federated-credential.ts';
import { flexibleTrust, needsExpression } from './flexible.ts';
import { jobOf, type TrustedJob } from './job.ts';
import { neverMatches } from './never-matches.ts';
import { lastingJobOf } from './token-job.ts';
import { type AwsTrust, awsTrust } from './write-aws.ts';
import { entraTrust } from './write-entra.ts';

/** What a token says, and the documents for it. */
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
  readonly trust: { readonly aws: AwsTrust | NoTrust; readonly entra: AnyFederatedCredential | NoTrust };
}

/** In the place of a document where none can ever allow the token. */
interface NoTrust {
  readonly neverMatches: string;
}

/** What a token says and what a trust policy and a federated credential for it look like; never the token. @param now - ms since 1970-01-01 UTC */
export function inspectClaims(claims: IdTokenClaims, account: string, now: number): Inspection {
  const job = jobOf(claims);
  const { platform, form } = formOf(job);
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
    trust: { aws: trustAtAws(claims, account), entra: trustAtEntra(claims) },
  };
}

function trustAtAws(claims: IdTokenClaims, account: string): AwsTrust | NoTrust {
  const job = lastingJobOf(claims, 'aws');
  const never = neverMatches(job, 'aws');
  return never === undefined ? awsTrust(job, { account, partition: 'aws' }) : { neverMatches: never };
}

function trustAtEntra(claims: IdTokenClaims): AnyFederatedCredential | NoTrust {
  const job = lastingJobOf(claims, 'entra');
  try {
    const never = neverMatches(job, 'entra');
    if (never !== undefined) return { neverMatches: never };
    return needsExpression(job) ? flexibleTrust(job) : entraTrust(job);
  } catch (error) {
    if (error instanceof FedbridgeError) return { neverMatches: error.message };
    throw error;
  }
}

function formOf({ issuer, subject, audience, azp }: TrustedJob): { platform: string; form: string } {
  const kind = azureDevOpsForm(subject);
  if (kind === 'pipeline') return { platform: azureDevOps.title, form: 'a pipeline, without a service connection' };
  if (kind !== undefined) {
    const ends = isRetired(subject, audience) ? `, which stops on ${azureDevOpsIssuerEnds}` : '';
    return { platform: azureDevOps.title, form: `a service connection on the Azure DevOps issuer${ends}` };
  }
  if (isComputedEntraSubject(subject)) {
    const isConnection = azp === azureDevOpsApplication || parseEntraSubject(subject)?.form === 'service connection';
    return isConnection
      ? { platform: azureDevOps.title, form: 'a service connection on the Entra issuer' }
      : { platform: entra.title, form: 'a workload of another service of Microsoft' };
  }
  if (kubernetes.subjectParts(subject)) return { platform: kubernetes.title, form: 'a service account' };
  const repository = repositoryOf(subject);
  if (repository?.ids) return { platform: gitHub.title, form: 'an immutable subject' };
  if (repository) return { platform: gitHub.title, form: 'a subject of names, which can be given to others' };
  const known = issuerOf(issuer, subject);
  if (known === entra) return { platform: entra.title, form: 'a managed identity or an application' };
  if (known === gitHub) return { platform: gitHub.title, form: 'a customized subject' };
  return known ? { platform: known.title, form: 'a job' } : { platform: 'unknown', form: 'unknown' };
}

const iso = (seconds: number) =>
  Math.abs(seconds) <= 8.64e12 ? new Date(seconds * 1000).toISOString() : `${seconds} s`;
