import { isGuid } from '@fedbridge/core/guid';
import { subjectJob } from '../job.ts';
import { type JobsOf, type KindOptions, neededIssuer } from './job-kind.ts';

/** What names a subject. */
export interface SubjectNames {
  readonly subject?: string | undefined;
  readonly azp?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

/** Whoever has a subject that nothing here makes of names. @throws FedbridgeError `INPUT_INVALID` */
export const subjectJobs: JobsOf<SubjectNames> = ({ subject = '', issuer, azp, audience }, target) => {
  return subjectJob(
    {
      ...{ issuer: neededIssuer(issuer), subject: lowerGuid(subject), audience },
      azp: azp === undefined ? undefined : lowerGuid(azp),
    },
    target.cloud,
    target.audience,
  );
};

/** How they are named on a command line. */
export const subjectOptions: KindOptions = {
  own: {
    subject: [
      '--subject <subject>',
      "a service connection on the Entra issuer, as the connection shows it; a managed identity's object id; with --issuer",
    ],
  },
  shares: ['issuer', 'audience', 'azp'],
};

/** Ids of Entra's are in lower case in its tokens. */
const lowerGuid = (text: string) => (isGuid(text) ? text.toLowerCase() : text);
