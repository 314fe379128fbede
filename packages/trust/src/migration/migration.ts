import { azureDevOpsIssuerEnds, immutableSubjectsSince } from '@fedbridge/issuers';
import type { TrustedJob } from '../job.ts';

/** What moves: a repository to immutable subjects, or a service connection to the Entra issuer. */
export type Migration = ToImmutableSubjects | ToEntraIssuer;

/** A repository whose subjects get ids. */
export interface ToImmutableSubjects {
  readonly kind: 'immutable-subjects';
  readonly owner: string;
  readonly ownerId: string;
  readonly repository: string;
  readonly repositoryId: string;
}

/** A service connection that moves from the Azure DevOps issuer to the Entra issuer. */
export interface ToEntraIssuer {
  readonly kind: 'entra-issuer';
  /** `sc://organisation/project/connection`. */
  readonly oldSubject: string;
  readonly to: TrustedJob;
}

/** When what a migration is for stops. */
export const dates: Readonly<Record<Migration['kind'], string>> = {
  'immutable-subjects': `Since ${immutableSubjectsSince} a repository that is created, renamed, transferred or opted in has the immutable form; the old one stops for it at that moment.`,
  'entra-issuer': `The Azure DevOps issuer stops for service connections on ${azureDevOpsIssuerEnds}.`,
};
