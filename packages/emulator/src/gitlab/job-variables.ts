import { randomBytes } from 'node:crypto';
import type { FullGitLabJob } from './gitlab-job.ts';

/**
 * The variables that every job has. Source: GitLab Docs, "Predefined CI/CD variables reference",
 * https://docs.gitlab.com/ci/variables/predefined_variables/.
 *
 * @param server - the URL of the server
 */
export function predefinedVariables(job: FullGitLabJob, server: string): Record<string, string> {
  const { protocol, hostname, port } = new URL(server);
  const { path, id, namespaceId } = job.project;
  const slash = path.lastIndexOf('/');
  const token = `glcbt-64_${randomBytes(20).toString('base64url')}`;
  return {
    CI: 'true',
    GITLAB_CI: 'true',
    CI_API_V4_URL: `${server}/api/v4`,
    CI_COMMIT_REF_NAME: job.ref,
    CI_COMMIT_REF_PROTECTED: String(job.isProtected),
    CI_COMMIT_SHA: job.sha,
    ...refVariables(job),
    ...(job.environment ? { CI_ENVIRONMENT_NAME: job.environment.name } : {}),
    CI_JOB_ID: job.jobId,
    CI_JOB_NAME: 'deploy',
    CI_JOB_STAGE: 'deploy',
    CI_JOB_TOKEN: token,
    CI_JOB_TIMEOUT: job.timeoutSeconds === 'none' ? '' : String(job.timeoutSeconds),
    CI_PIPELINE_ID: job.pipelineId,
    CI_PIPELINE_SOURCE: job.pipelineSource,
    CI_PROJECT_ID: id,
    CI_PROJECT_NAME: path.slice(slash + 1),
    CI_PROJECT_NAMESPACE: path.slice(0, slash),
    CI_PROJECT_NAMESPACE_ID: namespaceId,
    CI_PROJECT_PATH: path,
    CI_PROJECT_URL: `${server}/${path}`,
    CI_REGISTRY_PASSWORD: token,
    CI_RUNNER_ID: '1',
    CI_SERVER: 'yes',
    CI_SERVER_HOST: hostname,
    CI_SERVER_NAME: 'GitLab',
    CI_SERVER_PORT: port,
    CI_SERVER_PROTOCOL: protocol.slice(0, -1),
    CI_SERVER_URL: server,
    CI_SERVER_VERSION: '18.11.0',
    GITLAB_USER_EMAIL: job.user.email,
    GITLAB_USER_ID: job.user.id,
    GITLAB_USER_LOGIN: job.user.login,
  };
}

function refVariables({ ref, tag, pipelineSource, fork, project }: FullGitLabJob): Record<string, string> {
  if (tag) return { CI_COMMIT_TAG: ref };
  if (pipelineSource !== 'merge_request_event') return { CI_COMMIT_BRANCH: ref };
  return {
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: ref,
    CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: (fork ?? project).path,
    CI_MERGE_REQUEST_PROJECT_PATH: project.path,
  };
}

/** Those of a job whose scripts run in a folder. Source: as above. */
export async function folderVariables({ workspace }: { readonly workspace: string }) {
  return { CI_PROJECT_DIR: workspace };
}

/** The names of those that jobs have and nobody else, but for `CI`, which is other platforms' too. */
export const ownVariables = /^(CI|GITLAB)_/i;

/** `$NAME`, `${NAME}` and `%NAME%`; of what there is not, nothing. Source: gitlabhq/gitlabhq, `ExpandVariables`. */
export function expanded(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$(\w+)|\$\{(\w+)\}|%(\w+)%/g,
    (_, plain, braced, percent) => variables[plain ?? braced ?? percent] ?? '',
  );
}
