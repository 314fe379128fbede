/** A job's project, by path and by ids. */
export interface GitLabProject {
  /** `group/project`, where a group may be in groups. */
  readonly path: string;
  readonly id: string;
  readonly namespaceId: string;
}

/** A job of GitLab CI/CD. Whatever is left out has a plausible default. */
export interface GitLabJob {
  readonly project?: Partial<GitLabProject>;
  /** The project that a merge request comes from, where its pipeline runs in the project that it goes to. */
  readonly fork?: GitLabProject;
  readonly jobId?: string;
  readonly pipelineId?: string;
  /** A branch, or with `tag` a tag. */
  readonly ref?: string;
  readonly tag?: boolean;
  readonly isProtected?: boolean;
  readonly sha?: string;
  readonly pipelineSource?: string;
  readonly environment?: { readonly name: string; readonly isProtected?: boolean; readonly tier?: string };
  readonly user?: { readonly id: string; readonly login: string; readonly email: string };
  /** `id_tokens:` of the job. An `aud` may have variables in it. */
  readonly idTokens?: Readonly<Record<string, { readonly aud: string | readonly string[] }>>;
  /** Variables of the pipeline, the project or the job, which take the place of others of their names. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The job's timeout in seconds, 3,600 by default; `none` for a job without. Negative for tokens that have expired. */
  readonly timeoutSeconds?: number | 'none';
  /** `ci_id_token_sub_claim_components` of the project: `project_path`, `ref_type`, `ref` by default. */
  readonly subjectComponents?: readonly string[];
  /** Whether another project had this path before. */
  readonly hasPathOfAnother?: boolean;
  /** Claims to replace, for tokens that are wrong on purpose. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

type WithoutDefault = 'fork' | 'environment';

/** A job of which all is known that its ID tokens say. */
export type FullGitLabJob = Required<Omit<GitLabJob, WithoutDefault | 'project'>> &
  Pick<GitLabJob, WithoutDefault> & { readonly project: GitLabProject };

/** Fills in what was left out of a job. */
export function withDefaults({ project, ...job }: GitLabJob): FullGitLabJob {
  return {
    jobId: '8412001177',
    pipelineId: '1991002233',
    ref: 'main',
    tag: false,
    isProtected: true,
    sha: '714a629c0b401fdce83e847fc9589983fc6f46bc',
    pipelineSource: job.fork ? 'merge_request_event' : 'push',
    user: { id: '31', login: 'mona', email: 'mona@example.com' },
    idTokens: {},
    variables: {},
    timeoutSeconds: 3600,
    subjectComponents: ['project_path', 'ref_type', 'ref'],
    hasPathOfAnother: false,
    claims: {},
    ...job,
    project: { path: 'acme/shop/web', id: '57382910', namespaceId: '72', ...project },
  };
}
