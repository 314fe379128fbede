import { GitLab } from './gitlab/gitlab.ts';
import { gitLabJobShape } from './gitlab/job-shape.ts';
import { folderVariables, ownVariables } from './gitlab/job-variables.ts';
import { tokenServiceNames } from './token-services.ts';

/** Platforms that are a folder each. What `open` makes is what tests start jobs with. */
export const platforms = { gitLab: GitLab.open } as const;

/** How a configuration says what their jobs are, by the names that users give the platforms. */
export const platformJobs = { gitlab: gitLabJobShape } as const;

/** What their jobs have where a command runs in a folder, beside what a job that was started has. */
export const platformFolders = { gitlab: folderVariables } as const;

/** The names of variables by which a command would be another job of theirs. */
export const platformVariables = { gitlab: ownVariables } as const;

/** The name of a further platform. */
export type PlatformName = keyof typeof platforms;
/** The names of all of them. */
export const platformNames = Object.keys(platforms) as PlatformName[];

/** The services that there are from the start, each on an origin of its own. */
export const serviceNames = [
  ...(['github', 'vstoken', 'azureDevOps', 'entra', 'sts', 'resources', 'kubernetes'] as const),
  ...tokenServiceNames,
  ...platformNames,
  // Behind those that were there before it, whose ports stay.
  'iam',
] as const;

/** Each machine that was started has an origin of its own, too. */
export type ServiceName = (typeof serviceNames)[number] | 'machine';
