import { FedbridgeError } from '@fedbridge/core/error';
import {
  formatContext,
  formatRepository,
  type GitHubContext,
  gitHubIssuer,
  gitHubServiceOf,
  isFullRef,
  isGitHubOwner,
  isGitHubRepository,
} from '@fedbridge/issuers';
import { refName } from './git-ref.ts';
import { audiences, type Cloud, type TrustedJob } from './job.ts';
import { named } from './named.ts';

/** Jobs of a GitHub repository, by names and ids. */
export interface GitHubJobs {
  readonly owner: string;
  readonly repository: string;
  /** Both, for immutable subjects. */
  readonly ownerId?: string | undefined;
  readonly repositoryId?: string | undefined;
  /** The repository has subjects of names yet: its ids are tested as claims beside them. */
  readonly mutableSubject?: boolean | undefined;
  /** Exactly one of these, or `anyRef`. A branch or tag with or without `refs/heads/`, `refs/tags/`. */
  readonly branch?: string | undefined;
  readonly tag?: string | undefined;
  readonly environment?: string | undefined;
  readonly pullRequest?: boolean | undefined;
  /** Every branch, tag, environment and pull request of the repository. */
  readonly anyRef?: boolean | undefined;
  /** `owner/repository/.github/workflows/deploy.yml@refs/heads/main`, a reusable workflow that the job must run. */
  readonly workflow?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

/**
 * The jobs of a GitHub repository. What is said of claims beside the subject needs a flexible credential at Entra.
 * Source: GitHub Docs, "OpenID Connect reference"; Microsoft Learn, "Migrate to immutable subjects".
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function gitHubJob(jobs: GitHubJobs, cloud: Cloud): TrustedJob {
  const { owner, repository, anyRef } = jobs;
  if (!isGitHubOwner(owner)) throw invalid(`"${owner}" is not the name of an owner.`, nameRules.owner);
  if (!isGitHubRepository(repository))
    throw invalid(`"${repository}" is not the name of a repository.`, nameRules.repository);
  const ids = idsOf(jobs);
  const context = contextOf(jobs);
  const name = formatRepository({ owner, repository, ids: jobs.mutableSubject ? undefined : ids });
  const claims = {
    ...(jobs.workflow === undefined ? {} : { job_workflow_ref: workflowReference(jobs.workflow) }),
    ...(ids && (jobs.mutableSubject || (cloud === 'entra' && (anyRef || jobs.workflow !== undefined)))
      ? { repository_id: ids.repository, repository_owner_id: ids.owner }
      : {}),
  };
  return {
    issuer: jobs.issuer ?? gitHubIssuer,
    subject: `repo:${name}:${context === 'any' ? '*' : formatContext(context)}`,
    audience: jobs.audience ?? audiences[cloud],
    ...(Object.keys(claims).length === 0 ? {} : { claims }),
    ...(context === 'any' ? { pieces: [`repo:${name}:`, ''] } : {}),
    wider: anyRef ? `every branch, tag, environment and pull request of ${owner}/${repository}` : undefined,
  };
}

const nameRules = {
  owner: 'GitHub takes letters, digits and single hyphens between them, 39 at most.',
  repository: 'GitHub takes letters, digits and .-_, 100 at most, and neither .git nor .wiki at the end.',
} as const;

function idsOf(jobs: GitHubJobs): { owner: string; repository: string } | undefined {
  const { ownerId, repositoryId, mutableSubject } = jobs;
  for (const id of [ownerId, repositoryId]) {
    if (id !== undefined && !/^[1-9]\d*$/.test(id)) throw invalid(`"${id}" is not an id of GitHub, a number.`);
  }
  if (ownerId !== undefined && repositoryId !== undefined) {
    if (!mutableSubject && jobs.issuer !== undefined && gitHubServiceOf(jobs.issuer) === 'server')
      throw invalid('GitHub Enterprise Server has no immutable subjects: leave the ids out.');
    return { owner: ownerId, repository: repositoryId };
  }
  if (ownerId !== undefined || repositoryId !== undefined)
    throw invalid('Immutable subjects need the ids of both the owner and the repository.');
  if (mutableSubject) throw invalid('What is tested beside a subject of names are the ids of owner and repository.');
  return undefined;
}

function contextOf({ branch, tag, environment, pullRequest, anyRef }: GitHubJobs): GitHubContext | 'any' {
  const contexts: readonly (GitHubContext | 'any')[] = [
    ...(branch === undefined ? [] : [{ branch: refName(branch, 'branch') }]),
    ...(tag === undefined ? [] : [{ tag: refName(tag, 'tag') }]),
    ...(environment === undefined ? [] : [{ environment: environmentName(environment) }]),
    ...(pullRequest ? [{ pullRequest: true } as const] : []),
    ...(anyRef ? ['any' as const] : []),
  ];
  const [context, ...more] = contexts;
  if (context !== undefined && more.length === 0) return context;
  throw invalid(
    'Name one of: a branch, a tag, an environment, pull requests, or every ref.',
    'Give one of --branch, --tag, --environment, --pull-request and --any-ref.',
  );
}

/** Source: GitHub Docs, "Managing environments for deployment": at most 255 characters. */
function environmentName(text: string): string {
  if (text.length <= 255) return named(text, 'The environment');
  throw invalid(`The environment has ${text.length} characters, and GitHub allows 255.`);
}

function workflowReference(text: string): string {
  named(text, 'The workflow');
  const [, owner = '', repository = '', ref = ''] =
    /^([^/]+)\/([^/]+)\/\.github\/workflows\/[^@/]+\.ya?ml@(.+)$/.exec(text) ?? [];
  const isOne = /^([\da-f]{40}|[\da-f]{64})$/.test(ref) || (/^refs\/(heads|tags)\//.test(ref) && isFullRef(ref));
  if (isGitHubOwner(owner) && isGitHubRepository(repository) && isOne) return text;
  throw new FedbridgeError('INPUT_INVALID', `"${text}" is not how a token names a reusable workflow.`, {
    hint: 'It is owner/repository/.github/workflows/name.yml@ref, and the ref in full: refs/heads/main, refs/tags/v1, or a commit.',
  });
}

const invalid = (message: string, hint?: string) => new FedbridgeError('INPUT_INVALID', message, { hint });
