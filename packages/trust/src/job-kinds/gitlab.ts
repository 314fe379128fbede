import { conditionKeysOf, gitLab, gitLabIssuer } from '@fedbridge/issuers';
import { refName } from '../git-ref.ts';
import type { Cloud } from '../job.ts';
import { type JobsOf, type KindOptions, usage } from './job-kind.ts';

/** What names jobs of GitLab. */
export interface GitLabNames {
  /** `group/project`, in which a group may be in groups, or the address of a project. */
  readonly gitlab?: string | undefined;
  readonly projectId?: string | undefined;
  readonly mutableSubject?: boolean | undefined;
  readonly branch?: string | undefined;
  readonly tag?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

/**
 * Jobs of a GitLab project.
 * Sources: GitLab Docs, "OpenID Connect (OIDC) authentication using ID tokens",
 * https://docs.gitlab.com/ci/secrets/id_token_authentication/, and of subjects with an id "Use the project ID as the subject",
 * https://docs.gitlab.com/ci/cloud_services/, read 2026-11-26.
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export const gitLabJobs: JobsOf<GitLabNames> = (
  { gitlab = '', projectId, mutableSubject, branch, tag, audience, ...names },
  { cloud, ...target },
) => {
  const { path, server } = projectIn(gitlab);
  const issuer = names.issuer ?? server;
  const id = projectId === undefined ? undefined : idIn(projectId);
  if (mutableSubject && id === undefined) throw usage('What is tested beside a subject of names is --project-id.');
  if (mutableSubject && !canTestId(issuer, cloud))
    throw usage(`AWS compares no project_id of ${issuer}: let its subjects begin with the id, --project-id alone.`);
  const subject = [
    ...(id === undefined || mutableSubject ? ['project_path', path] : ['project_id', id]),
    ...refIn(branch, tag),
  ].join(':');
  return {
    ...{ issuer, subject, audience: audience ?? target.audience },
    ...(mutableSubject && id !== undefined ? { claims: { project_id: id } } : {}),
  };
};

/** How they are named on a command line. */
export const gitLabOptions: KindOptions = {
  own: {
    gitlab: ['--gitlab <group/project>', 'jobs of a GitLab project'],
    projectId: [
      '--project-id <number>',
      'its id, where its subjects begin with that; with --mutable-subject beside them',
    ],
  },
  shares: ['mutableSubject', 'branch', 'tag', 'issuer', 'audience'],
};

/** Why a document does not fit a job of GitLab. */
export function gitLabCause(subject: string): string | undefined {
  const [first] = gitLab.parseSubject(subject) ?? [];
  if (first === undefined) return undefined;
  return first[0] === 'project_id'
    ? "The project's subjects begin with its id: a trust policy or federated credential of its path no longer fits."
    : 'The trust policy or federated credential may name another branch or a tag, or the project before it was renamed or moved. For a merge request from a fork the subject names the fork.';
}

function refIn(branch: string | undefined, tag: string | undefined): readonly string[] {
  if (branch !== undefined && tag === undefined) return ['ref_type', 'branch', 'ref', refName(branch, 'branch')];
  if (tag !== undefined && branch === undefined) return ['ref_type', 'tag', 'ref', refName(tag, 'tag')];
  throw usage('Name a branch or a tag, --branch or --tag: subjects of GitLab hold no environment.');
}

function projectIn(text: string): { readonly path: string; readonly server: string } {
  const { origin, pathname } = URL.canParse(text) ? new URL(text) : { origin: gitLabIssuer, pathname: `/${text}` };
  const path = pathname.slice(1).replace(/(\.git)?\/?$/, '');
  const isPath = /^[A-Za-z\d_.][\w.-]*(\/[A-Za-z\d_.][\w.-]*)+$/.test(path);
  if (isPath && origin.startsWith('https://')) return { path, server: origin };
  throw usage(`--gitlab takes group/project or the https:// address of a project, not "${text}".`);
}

function idIn(text: string): string {
  if (/^[1-9]\d*$/.test(text)) return text;
  throw usage(`"${text}" is not an id of GitLab, a number.`);
}

const canTestId = (issuer: string, cloud: Cloud) =>
  cloud === 'entra' || conditionKeysOf(issuer).some(({ name }) => name === 'project_id');
