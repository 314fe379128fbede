import type { AzurePipelinesJob } from '../azure-devops/organization.ts';
import type { GitHubJob } from '../github/github-job.ts';
import { platformJobs } from '../services.ts';
import { anything, exactlyOne, flag, list, object, record, type Shape, text, whole } from './shape.ts';

const claims = record('Claims to replace, for tokens that are wrong on purpose.', anything('A value.'));

const lifetimeSeconds = whole('What ID tokens live; 300 by default. Negative for tokens that have expired.');
const sha = text('The commit.');

const github: Shape<GitHubJob> = object(
  'A job of GitHub Actions. What is left out has a plausible default.',
  {},
  {
    repository: text('owner/name', { pattern: '^[^/\\s]+/[^/\\s]+$', title: 'a repository, owner/name' }),
    repositoryId: text('The ID of the repository.'),
    ownerId: text('The ID of the owner.'),
    ref: text('The full ref.', { pattern: '^refs/', title: 'a full ref, as refs/heads/main' }),
    sha,
    environment: text('The environment that the job refers to.'),
    event: text('push, pull_request, schedule, …'),
    actor: text('Who started it.'),
    workflow: text('The name of the workflow.'),
    runId: text('The ID of the run.'),
    runAttempt: text('The attempt.'),
    jobWorkflowRef: text("The called workflow's ref, where it is a reusable one."),
    immutableSubject: flag('Whether the repository has immutable subjects, with IDs.'),
    subject: text('A subject of an own format, as organizations can set it.'),
    enterprise: object('The enterprise of the owner.', { slug: text('Its slug.'), id: text('Its ID.') }, {}),
    properties: record('Custom properties of the repository.', text('A value.')),
    checkRunId: text('The ID of the check run.'),
    idTokenPermission: flag('permissions: id-token: write; true by default.'),
    lifetimeSeconds,
    claims,
  },
);

const azurePipelines: Shape<AzurePipelinesJob> = object(
  'A job of Azure Pipelines, of an organization that is configured.',
  {
    organization: text('The name of the organization.'),
    project: text('The name of the project.'),
    pipeline: text('The name of the pipeline.'),
  },
  {
    connections: list('Service connections that the stage refers to.', text('A name.')),
    ref: text('The full ref.', { pattern: '^refs/', title: 'a full ref, as refs/heads/main' }),
    sha,
    runId: text('The ID of the run.'),
    lifetimeSeconds,
    claims,
  },
);

/** What each platform's jobs are said by. */
export const jobShapes = { github, 'azure-pipelines': azurePipelines, ...platformJobs } as const;

/** The name of a platform, as `--job` takes it. */
export type JobPlatform = keyof typeof jobShapes;

/** Jobs by name. */
export const jobs = record('Jobs by name, to run commands as.', exactlyOne('A job of one platform.', jobShapes));
