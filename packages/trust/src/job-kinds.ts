import { azurePipelinesCause, azurePipelinesJobs } from './job-kinds/azure-pipelines.ts';
import { gitHubCause, gitHubJobs } from './job-kinds/github.ts';
import { gitLabCause, gitLabJobs } from './job-kinds/gitlab.ts';
import type { JobKindDefinition, LikelyCause } from './job-kinds/job-kind.ts';
import { serviceAccountCause, serviceAccountJobs } from './job-kinds/service-account.ts';
import { subjectJobs } from './job-kinds/subject.ts';

/** Whom a document can be written for, by the option that names the jobs. */
export const jobKinds = {
  github: gitHubJobs,
  azurePipelines: azurePipelinesJobs,
  gitlab: gitLabJobs,
  serviceAccount: serviceAccountJobs,
  subject: subjectJobs,
} as const;

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
type TakerOf<One> = One extends JobKindDefinition<infer Names> ? (names: Names) => void : never;

/** Whom to trust, in the words of who asks for it: what names a kind, and what goes with that. */
export type JobNames = TakerOf<Definition> extends (names: infer Names) => void ? Names : never;
