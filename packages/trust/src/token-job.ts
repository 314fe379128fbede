import {
  conditionKeysOf,
  gitHub,
  type Issuer,
  issuerOf,
  type LastingSubject,
  lastingSubject,
  repositoryOf,
} from '@fedbridge/issuers';
import { type Cloud, type JobClaims, jobOf, type TrustedJob } from './job.ts';

/**
 * The job that a token speaks for, and that job's next run: what is another in each run, a commit say, may be anything, and where the
 * subject holds names, the ids of what they name are tested beside it as far as the cloud can.
 */
export function lastingJobOf(claims: JobClaims, cloud: Cloud): TrustedJob {
  const job = jobOf(claims);
  const lasting = lastingSubject(job.issuer, job.subject);
  const known = issuerOf(job.issuer, job.subject);
  const tested = known && (cloud === 'aws' || lasting) ? idsOf(known, claims, testable(job.issuer, known, cloud)) : {};
  return {
    ...job,
    ...(lasting ? { pieces: lasting.pieces, subject: lasting.pieces.join('*') } : {}),
    ...(Object.keys(tested).length === 0 ? {} : { claims: tested }),
  };
}

/** What of a token's subject may be anything in what is written for it. */
export function changingParts({ iss, sub }: JobClaims): LastingSubject['changes'] {
  return lastingSubject(iss, sub)?.changes ?? [];
}

function testable(issuer: string, known: Issuer, cloud: Cloud): readonly string[] {
  if (cloud === 'aws') return conditionKeysOf(issuer).map(({ name }) => name);
  return Object.keys(known.flexibleClaims(issuer)?.operators ?? {});
}

/** The id of the project and of the owner. A subject of GitHub's with ids has them already. */
function idsOf(known: Issuer, claims: JobClaims, names: readonly string[]): Readonly<Record<string, string>> {
  if (known === gitHub && repositoryOf(claims.sub)?.ids) return {};
  const ids = (['project', 'owner'] as const).flatMap((of) => {
    const { claim } =
      known.ownerClaims.find(
        (one) => one.kind === 'id' && one.of === of && one.claim !== 'sub' && names.includes(one.claim),
      ) ?? {};
    const value = claim === undefined ? undefined : claims[claim];
    const isId = (typeof value === 'string' && value !== '') || typeof value === 'number';
    return claim !== undefined && isId ? [[claim, String(value)] as const] : [];
  });
  return Object.fromEntries(ids);
}
