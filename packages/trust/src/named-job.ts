import { formOfIssuersAt, nearestIssuer } from '@fedbridge/issuers';
import type { Cloud, TrustedJob } from './job.ts';
import { type Target, usage } from './job-kinds/job-kind.ts';
import { type JobKind, type JobNames, jobKinds } from './job-kinds.ts';
import { whyNoSubject } from './lint-never.ts';
import { checkThatItCanMatch } from './never-matches.ts';

/**
 * The job that is named. What is nearly an issuer that is known is read as that.
 *
 * @throws FedbridgeError `INPUT_INVALID` for one that no document can allow as well; messages name options as the command has them
 */
export function namedJob(kind: JobKind, names: JobNames, target: Target): TrustedJob {
  const issuer = names.issuer === undefined ? undefined : nearestIssuer(names.issuer);
  const job = jobKinds[kind]({ ...names, issuer }, target);
  checkJob(job, target.cloud);
  const never = job.pieces ? undefined : whyNoSubject(job.issuer, job.subject);
  if (never !== undefined) throw usage(never);
  return job;
}

/** @throws FedbridgeError `INPUT_INVALID` for a job of which there are no tokens, and for one that no document of a cloud can allow */
export function checkJob(job: TrustedJob, cloud: Cloud): void {
  const form = formOfIssuersAt(job.issuer);
  if (form !== undefined) throw usage(`No token has the issuer ${job.issuer}: issuers of that host are ${form}.`);
  checkThatItCanMatch(job, cloud);
}
