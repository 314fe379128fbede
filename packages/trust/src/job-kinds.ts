import { azurePipelinesCause, azurePipelinesJobs, azurePipelinesOptions } from './job-kinds/azure-pipelines.ts';
import { gitHubCause, gitHubJobs, gitHubOptions } from './job-kinds/github.ts';
import { gitLabCause, gitLabJobs, gitLabOptions } from './job-kinds/gitlab.ts';
import type { JobsOf, KindOptions, LikelyCause } from './job-kinds/job-kind.ts';
import { serviceAccountCause, serviceAccountJobs, serviceAccountOptions } from './job-kinds/service-account.ts';
import { subjectJobs, subjectOptions } from './job-kinds/subject.ts';

/** Whom a document can be written for, by the option that names the jobs. */
export const jobKinds = {
  github: gitHubJobs,
  azurePipelines: azurePipelinesJobs,
  gitlab: gitLabJobs,
  serviceAccount: serviceAccountJobs,
  subject: subjectJobs,
} as const;

/** How a command line names each of them. */
export const kindOptions: Readonly<Record<JobKind, KindOptions>> = {
  github: gitHubOptions,
  azurePipelines: azurePipelinesOptions,
  gitlab: gitLabOptions,
  serviceAccount: serviceAccountOptions,
  subject: subjectOptions,
};

/** Apart from the kinds, of which what explains a denial needs nothing else. */
export const likelyCauses: readonly LikelyCause[] = [
  gitHubCause,
  azurePipelinesCause,
  gitLabCause,
  serviceAccountCause,
];

/** What a job is named by. */
export type JobKind = keyof typeof jobKinds;

type Definition = (typeof jobKinds)[JobKind];
type TakerOf<One> = One extends JobsOf<infer Names> ? (names: Names) => void : never;

/** Whom to trust, in the words of who asks for it: what names a kind, and what goes with that. */
export type JobNames = TakerOf<Definition> extends (names: infer Names) => void ? Names : never;
