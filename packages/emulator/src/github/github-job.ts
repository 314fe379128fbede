/** A job of GitHub Actions, as far as its ID token tells. Whatever is left out has a plausible default. */
export interface GitHubJob {
  /** `owner/name`. */
  readonly repository?: string;
  readonly repositoryId?: string;
  readonly ownerId?: string;
  /** The full ref, `refs/heads/main`. */
  readonly ref?: string;
  readonly sha?: string;
  readonly environment?: string;
  readonly event?: string;
  readonly actor?: string;
  readonly workflow?: string;
  readonly runId?: string;
  readonly runAttempt?: string;
  /** The called workflow's ref, where it is a reusable one. */
  readonly jobWorkflowRef?: string;
  /** `repo:O@<owner id>/R@<repository id>:…` instead of `repo:O/R:…`. */
  readonly immutableSubject?: boolean;
  /** A subject of an own format, as organizations can set it. */
  readonly subject?: string;
  /** The enterprise that the owner belongs to. */
  readonly enterprise?: { readonly slug: string; readonly id: string };
  /** Custom properties of the repository, each a claim `repo_property_<name>`. */
  readonly properties?: Readonly<Record<string, string>>;
  readonly checkRunId?: string;
  /** `permissions: id-token: write`; true by default. */
  readonly idTokenPermission?: boolean;
  /** Seconds; 300 by default. Negative for a token that has expired. */
  readonly lifetimeSeconds?: number;
  /** Claims to replace, for tokens that are wrong on purpose. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** What a job may be without. */
type Absent = 'environment' | 'subject' | 'jobWorkflowRef' | 'enterprise';

/** A job of which all is known that its ID token says. */
export type FullGitHubJob = Required<Omit<GitHubJob, Absent>> & Pick<GitHubJob, Absent>;

/** Fills in what was left out of a job. */
export function withDefaults(job: GitHubJob): FullGitHubJob {
  const repository = job.repository ?? 'octo/app';
  return {
    repositoryId: '724113',
    ownerId: '65001',
    ref: 'refs/heads/main',
    sha: '9f2c1b7a4d3e5f60718293a4b5c6d7e8f9012345',
    event: 'push',
    actor: 'mona',
    workflow: 'deploy',
    runId: '9184477120',
    runAttempt: '1',
    checkRunId: '48112233445',
    properties: {},
    immutableSubject: false,
    idTokenPermission: true,
    lifetimeSeconds: 300,
    claims: {},
    ...job,
    repository,
  };
}

/** Source: GitHub Docs, "OpenID Connect reference"; GitHub changelog 2026-04-23 for the immutable form. */
function subjectOf(job: FullGitHubJob): string {
  if (job.subject !== undefined) return job.subject;
  const [owner = '', name = ''] = job.repository.split('/');
  const repository = job.immutableSubject ? `${owner}@${job.ownerId}/${name}@${job.repositoryId}` : job.repository;
  if (job.environment !== undefined) return `repo:${repository}:environment:${job.environment.replaceAll(':', '%3A')}`;
  return `repo:${repository}:${job.event === 'pull_request' ? 'pull_request' : `ref:${job.ref}`}`;
}

/** The claims of a job's ID token. Source: GitHub Docs, "OpenID Connect reference". @param now - seconds since 1970-01-01 UTC */
export function claimsOf(job: FullGitHubJob, issuer: string, audience: string, now: number): Record<string, unknown> {
  const [owner = ''] = job.repository.split('/');
  const workflowRef = `${job.repository}/.github/workflows/${job.workflow}.yml@${job.ref}`;
  return {
    jti: crypto.randomUUID(),
    sub: subjectOf(job),
    aud: audience,
    ref: job.ref,
    sha: job.sha,
    repository: job.repository,
    repository_id: job.repositoryId,
    repository_owner: owner,
    repository_owner_id: job.ownerId,
    repository_visibility: 'private',
    run_id: job.runId,
    run_number: '42',
    run_attempt: job.runAttempt,
    check_run_id: job.checkRunId,
    actor: job.actor,
    actor_id: '1001',
    workflow: job.workflow,
    workflow_ref: workflowRef,
    workflow_sha: job.sha,
    job_workflow_ref: job.jobWorkflowRef ?? workflowRef,
    job_workflow_sha: job.sha,
    head_ref: '',
    base_ref: '',
    event_name: job.event,
    ref_type: job.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    ref_protected: 'false',
    runner_environment: 'github-hosted',
    ...(job.environment === undefined ? {} : { environment: job.environment, environment_node_id: 'EN_kwDOABCDEF4' }),
    ...(job.enterprise === undefined ? {} : { enterprise: job.enterprise.slug, enterprise_id: job.enterprise.id }),
    ...Object.fromEntries(Object.entries(job.properties).map(([name, value]) => [`repo_property_${name}`, value])),
    iss: issuer,
    nbf: now - 300,
    iat: now,
    exp: now + job.lifetimeSeconds,
    ...job.claims,
  };
}
