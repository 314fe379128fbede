import { expect } from 'vitest';
import type { GitLabJob } from '../harness/gitlab-job.ts';
import type { Claims, Row } from './row.ts';

/** An ID token of a GitLab job, or why there is none. */
export interface GitLabRow extends Row {
  readonly job: GitLabJob;
  readonly claims?: Claims;
  readonly without?: readonly string[];
  /** How long it lives, and since when before it was made, in seconds. */
  readonly times?: readonly [lifetime: number, before: number];
  readonly fails?: string;
}

const documented = (name: string, job: GitLabJob, claims: Claims, without: readonly string[] = []): GitLabRow => ({
  ...{ name, source: 'gitLabTokens', job, claims, without },
});
const sub = (name: string, job: GitLabJob, subject: string) => documented(name, job, { sub: subject });
const text = expect.any(String) as unknown;
const always = [
  ...['namespace_id', 'namespace_path', 'project_id', 'project_path', 'user_id', 'user_login', 'user_email'],
  ...[
    'user_access_level',
    'job_project_id',
    'job_project_path',
    'job_namespace_id',
    'job_namespace_path',
    'pipeline_id',
  ],
  ...['pipeline_source', 'job_id', 'ref', 'ref_type', 'ref_path', 'ref_protected', 'runner_environment', 'sha'],
  ...['project_visibility', 'ci_config_ref_uri', 'ci_config_sha', 'jti', 'iss', 'sub'],
];
const ofEnvironment = ['environment', 'environment_protected', 'deployment_tier'];
const branch = 'project_path:acme/shop/web:ref_type:branch:ref:main';

export const gitLabRows: readonly GitLabRow[] = [
  sub('a branch', {}, branch),
  sub('a tag', { ref: 'v1', tag: true }, 'project_path:acme/shop/web:ref_type:tag:ref:v1'),
  sub('an environment is not in it', { environment: { name: 'prod' } }, branch),
  sub(
    'the id first',
    { subjectComponents: ['project_id', 'ref_type', 'ref'] },
    'project_id:57382910:ref_type:branch:ref:main',
  ),
  sub('the project alone', { subjectComponents: ['project_path'] }, 'project_path:acme/shop/web'),
  documented(
    'claims of every job, as texts',
    {},
    Object.fromEntries(always.map((claim) => [claim, text])),
    ofEnvironment,
  ),
  documented('the id of the runner is a number', {}, { runner_id: expect.any(Number) as unknown }),
  documented(
    'claims of an environment',
    { environment: { name: 'prod', isProtected: true } },
    { environment: 'prod', environment_protected: 'true', deployment_tier: 'production' },
  ),
  documented(
    'the full name of a tag',
    { ref: 'v1', tag: true },
    { ref: 'v1', ref_type: 'tag', ref_path: 'refs/tags/v1' },
  ),
  documented('an audience', { idTokens: { T: { aud: 'x' } } }, { aud: 'x' }),
  documented('several audiences', { idTokens: { T: { aud: ['x', 'y'] } } }, { aud: ['x', 'y'] }),
  documented(
    'an audience with a variable',
    { idTokens: { T: { aud: '$HOST/${CI_JOB_ID}' } }, variables: { HOST: 'h' }, jobId: '7' },
    { aud: 'h/7' },
  ),
  { name: "the job's timeout", source: 'gitLabSource', job: { timeoutSeconds: 7200 }, times: [7200, 5] },
  { name: 'no timeout', source: 'gitLabSource', job: { timeoutSeconds: 'none' }, times: [300, 5] },
  {
    name: 'a merge request from a fork',
    source: 'gitLabSource',
    job: { fork: { path: 'mona/web', id: '9', namespaceId: '8' } },
    claims: { sub: 'project_path:mona/web:ref_type:branch:ref:main', project_id: '9', job_project_id: '57382910' },
  },
  {
    name: 'a component without a value is left out',
    source: 'gitLabSource',
    job: { subjectComponents: ['project_path', 'deployment_tier'] },
    claims: { sub: 'project_path:acme/shop/web' },
  },
  {
    name: 'another first component',
    source: 'gitLabSource',
    job: { subjectComponents: ['ref_type', 'ref'] },
    fails: 'project_path must be the first element of the sub claim',
  },
  {
    name: 'an unknown component',
    source: 'gitLabSource',
    job: { subjectComponents: ['project_path', 'user_login'] },
    fails: 'user_login is not an allowed sub claim component',
  },
  {
    name: 'a path that another project had',
    source: 'gitLabTokens',
    job: { hasPathOfAnother: true },
    fails: 'ID token issuance is disabled',
  },
  sub(
    'a path that another project had, and the id first',
    { hasPathOfAnother: true, subjectComponents: ['project_id', 'ref_type', 'ref'] },
    'project_id:57382910:ref_type:branch:ref:main',
  ),
];
