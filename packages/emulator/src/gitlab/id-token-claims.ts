import { randomUUID } from 'node:crypto';
import type { FullGitLabJob, GitLabProject } from './gitlab-job.ts';

const defaultLifetime = 5 * 60;
const beginsBefore = 5;

/**
 * The claims of an ID token.
 * Source: GitLab Docs, "OpenID Connect (OIDC) authentication using ID tokens", https://docs.gitlab.com/ci/secrets/id_token_authentication/;
 * gitlabhq/gitlabhq, `Gitlab::Ci::Jwt`, `Gitlab::Ci::JwtV2`, `JSONWebToken::UserProjectTokenClaims`, 2026-11-26.
 *
 * @param now - seconds since 1970-01-01 UTC
 */
export function claimsOf(
  job: FullGitLabJob,
  { issuer, server, aud, now }: Readonly<Record<'issuer' | 'server', string>> & { aud: unknown; now: number },
): Record<string, unknown> {
  const { timeoutSeconds, user } = job;
  const own = {
    // In the pipeline of a merge request from a fork these are the fork's.
    ...projectClaims(job.fork ?? job.project, ''),
    user_id: user.id,
    user_login: user.login,
    user_email: user.email,
    user_access_level: 'maintainer',
    ...projectClaims(job.project, 'job_'),
    pipeline_id: job.pipelineId,
    pipeline_source: job.pipelineSource,
    job_id: job.jobId,
    ref: job.ref,
    ref_type: job.tag ? 'tag' : 'branch',
    ref_path: `refs/${job.tag ? 'tags' : 'heads'}/${job.ref}`,
    ref_protected: String(job.isProtected),
    ...environmentClaims(job),
    runner_id: 1,
    runner_environment: 'self-hosted',
    sha: job.sha,
    project_visibility: 'private',
    ci_config_ref_uri: `${new URL(server).host}/${job.project.path}//.gitlab-ci.yml@refs/heads/main`,
    ci_config_sha: job.sha,
  };
  return {
    ...own,
    jti: randomUUID(),
    iss: issuer,
    iat: now,
    nbf: now - beginsBefore,
    exp: now + (timeoutSeconds === 'none' ? defaultLifetime : timeoutSeconds),
    sub: subjectOf(job, own),
    aud,
    ...job.claims,
  };
}

function projectClaims({ path, id, namespaceId }: GitLabProject, prefix: string): Record<string, string> {
  return {
    [`${prefix}project_id`]: id,
    [`${prefix}project_path`]: path,
    [`${prefix}namespace_id`]: namespaceId,
    [`${prefix}namespace_path`]: path.slice(0, path.lastIndexOf('/')),
  };
}

function environmentClaims({ environment }: FullGitLabJob): Record<string, string> {
  if (!environment) return {};
  const { name, isProtected = false, tier = 'production' } = environment;
  return {
    environment: name,
    environment_protected: String(isProtected),
    deployment_tier: tier,
    environment_action: 'start',
  };
}

const firstComponents = ['project_path', 'project_id'];
const components = [...firstComponents, 'ref_type', 'ref', 'ref_protected', 'environment_protected', 'deployment_tier'];

/**
 * Source: GitLab Docs, "Projects API", `ci_id_token_sub_claim_components`; gitlabhq/gitlabhq, `ProjectCiCdSetting` and
 * `Gitlab::Ci::OidcBurnedPathError`, from which the words are.
 *
 * @throws Error where GitLab would not take the project's setting, or would fail the job
 */
function subjectOf({ subjectComponents, hasPathOfAnother }: FullGitLabJob, claims: Record<string, unknown>): string {
  const [first = ''] = subjectComponents;
  if (!firstComponents.includes(first)) throw new Error('project_path must be the first element of the sub claim');
  const unknown = subjectComponents.find((one) => !components.includes(one));
  if (unknown !== undefined) throw new Error(`${unknown} is not an allowed sub claim component`);
  if (hasPathOfAnother && first === 'project_path') {
    throw new Error(
      'ID token issuance is disabled for this project because a project path in the `sub` claim was previously held by a different ' +
        'project. To restore ID token issuance, set `ci_id_token_sub_claim_components` for this project to start with the ID component ' +
        'that matches the path component.',
    );
  }
  return subjectComponents
    .filter((name) => claims[name] !== undefined)
    .flatMap((name) => [name, claims[name]])
    .join(':');
}
