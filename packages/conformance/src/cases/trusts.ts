import { type IssuerName, issuers } from './issuers.ts';
import type { Members } from './token.ts';

/** Whose tokens. */
export type Platform = 'GitHub' | 'Azure Pipelines' | 'Kubernetes' | 'GitLab';

/** A trust in words that every server has its own for, and the ordinary token that it allows. */
export interface Trust {
  readonly platform: Platform;
  readonly issuer: IssuerName;
  /** The subject exactly, or a pattern in which `*` stands for any characters. */
  readonly subject?: { readonly equals: string } | { readonly like: string };
  /** Further claims, each exactly. */
  readonly claims?: Readonly<Record<string, string>>;
  /** Beside the platform's usual claims, or in their place. */
  readonly token?: Members;
}

/** Of a job on a branch of `octo/app`. */
const gitHub = {
  repository: 'octo/app',
  repository_id: '724113',
  repository_owner: 'octo',
  repository_owner_id: '65001',
  repository_visibility: 'private',
  ref: 'refs/heads/main',
  ref_type: 'branch',
  event_name: 'push',
  actor: 'mona',
  actor_id: '1001',
  workflow: 'deploy',
  workflow_ref: 'octo/app/.github/workflows/deploy.yml@refs/heads/main',
  workflow_sha: '8f2c1d0e9b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e',
  job_workflow_ref: 'octo/app/.github/workflows/deploy.yml@refs/heads/main',
  job_workflow_sha: '8f2c1d0e9b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e',
  sha: '8f2c1d0e9b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e',
  run_id: '4711',
  run_number: '12',
  run_attempt: '1',
  runner_environment: 'github-hosted',
};

/** What tokens of each platform have beside issuer, subject, audience, times and `jti`. */
export const usualClaims: Readonly<Record<Platform, Members>> = {
  GitHub: gitHub,
  'Azure Pipelines': {
    org_id: '0ca3ddd9-f0b0-4635-a98c-586652696105',
    prj_id: '271ef6f7-5998-4b0f-86fb-4b54d9129906',
    def_id: '12',
    rpo_id: 'a2b7c8d9-1e2f-4a3b-8c4d-5e6f7a8b9c01',
    rpo_uri: 'https://git.example.com/contoso/web',
    rpo_ver: '8f2c1d0e9b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e',
    rpo_ref: 'refs/heads/main',
    run_id: '311',
  },
  Kubernetes: {
    'kubernetes.io': {
      namespace: 'ci',
      serviceaccount: { name: 'deployer', uid: '5c2e8a40-9f1d-4b7e-8a63-1d0f2b3c4e02' },
      pod: { name: 'deployer-7d9f', uid: '6d3f9b51-0a2e-4c8f-9b74-2e1a3c4d5f03' },
    },
  },
  GitLab: {
    namespace_id: '31',
    namespace_path: 'acme/shop',
    project_id: '57382910',
    project_path: 'acme/shop/web',
    user_id: '1001',
    user_login: 'mona',
    user_email: 'mona@example.com',
    pipeline_id: '8001',
    pipeline_source: 'push',
    job_id: '9001',
    ref: 'main',
    ref_type: 'branch',
    ref_path: 'refs/heads/main',
    ref_protected: 'true',
    runner_id: 7,
    runner_environment: 'gitlab-hosted',
    sha: '8f2c1d0e9b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e',
    project_visibility: 'private',
    ci_config_ref_uri: 'gitlab.example.com/acme/shop/web//.gitlab-ci.yml@refs/heads/main',
    ci_config_sha: '8f2c1d0e9b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e',
  },
};

const onGitHub = (subject: string, token: Members = {}): Trust => ({
  platform: 'GitHub',
  issuer: 'github',
  subject: { equals: subject },
  token,
});
const likeOnGitHub = (pattern: string, subject: string): Trust => ({
  platform: 'GitHub',
  issuer: 'github',
  subject: { like: pattern },
  token: { sub: subject },
});
const branch = 'repo:octo/app:ref:refs/heads/main';
const environment = { environment: 'production' };
const reusable = 'octo/flows/.github/workflows/deploy.yml@refs/tags/v1';

/** The same trust for an issuer that publishes something of its own. */
const ofIssuer = Object.fromEntries(
  (Object.keys(issuers) as IssuerName[])
    .filter((issuer) => issuer.startsWith('keys-'))
    .map((issuer) => [issuer, { platform: 'GitHub', issuer, subject: { equals: branch } } satisfies Trust]),
) as Readonly<Record<Extract<IssuerName, `keys-${string}`>, Trust>>;

/** Who is trusted, by name. */
export const trusts = {
  ...ofIssuer,
  'github-branch': onGitHub(branch),
  'github-tag': onGitHub('repo:octo/app:ref:refs/tags/v1.2.0', { ref: 'refs/tags/v1.2.0', ref_type: 'tag' }),
  'github-environment': onGitHub('repo:octo/app:environment:production', environment),
  'github-environment-colon': onGitHub('repo:octo/app:environment:production:eu', { environment: 'production:eu' }),
  'github-pull-request': onGitHub('repo:octo/app:pull_request', {
    ref: 'refs/pull/7/merge',
    event_name: 'pull_request',
    head_ref: 'feature',
    base_ref: 'main',
  }),
  'github-immutable': onGitHub('repo:octo@65001/app@724113:ref:refs/heads/main'),
  'github-reusable': onGitHub(`job_workflow_ref:${reusable}`, { job_workflow_ref: reusable }),
  'github-reusable-environment': onGitHub(`repo:octo/app:environment:production:job_workflow_ref:${reusable}`, {
    ...environment,
    job_workflow_ref: reusable,
  }),
  'github-owner': onGitHub('repository_owner:octo:repository_visibility:private'),
  'github-star': onGitHub('repo:octo/app:ref:refs/heads/*'),
  'github-unicode': onGitHub('repo:octo/app:environment:münchen', { environment: 'münchen' }),
  'github-releases': likeOnGitHub('repo:octo/app:ref:refs/heads/release/*', 'repo:octo/app:ref:refs/heads/release/1.2'),
  'github-organization': likeOnGitHub('repo:octo/*', branch),
  'github-claims': {
    platform: 'GitHub',
    issuer: 'github',
    claims: { repository_id: '724113', ref: 'refs/heads/main', event_name: 'push' },
  },
  'github-claims-reusable': {
    platform: 'GitHub',
    issuer: 'github',
    claims: { repository_owner_id: '65001', job_workflow_ref: reusable },
    token: { job_workflow_ref: reusable },
  },
  'github-claims-environment': {
    platform: 'GitHub',
    issuer: 'github',
    claims: { repository_id: '724113', environment: 'production' },
    token: { ...environment, sub: 'repo:octo/app:environment:production' },
  },
  'azure-pipeline': {
    platform: 'Azure Pipelines',
    issuer: 'azure-pipelines',
    subject: { equals: 'p://contoso/web/release' },
  },
  'azure-connection': {
    platform: 'Azure Pipelines',
    issuer: 'azure-pipelines',
    subject: { equals: 'sc://contoso/web/azure' },
  },
  'azure-entra': {
    platform: 'Azure Pipelines',
    issuer: 'azure-pipelines',
    subject: {
      equals:
        '/eid1/c/pub/t/jhxKLz17Uk6aEGyNXn-bAQ/a/rISbSSETf0KqFyZ8ppdXmA/sc/0ca3ddd9-f0b0-4635-a98c-586652696105/4d6e8f0a-2b3c-4d4e-8f5a-6b7c8d9e0f08',
    },
  },
  'kubernetes-account': {
    platform: 'Kubernetes',
    issuer: 'kubernetes',
    subject: { equals: 'system:serviceaccount:ci:deployer' },
    // An API server signs a list, of one.
    token: { aud: ['{audience}'] },
  },
  'gitlab-branch': {
    platform: 'GitLab',
    issuer: 'gitlab',
    subject: { equals: 'project_path:acme/shop/web:ref_type:branch:ref:main' },
  },
  'gitlab-id': {
    platform: 'GitLab',
    issuer: 'gitlab',
    subject: { equals: 'project_id:57382910:ref_type:branch:ref:main' },
  },
  'gitlab-claims': {
    platform: 'GitLab',
    issuer: 'gitlab',
    claims: { project_id: '57382910', ref_type: 'branch', ref_protected: 'true' },
    token: { sub: 'project_path:acme/shop/web:ref_type:branch:ref:main' },
  },
} as const satisfies Readonly<Record<string, Trust>>;

/** The name of a trust. */
export type TrustName = keyof typeof trusts;

/** The subject of a trust's ordinary token. */
export function ordinarySubject({ subject, token }: Trust): string {
  if (typeof token?.sub === 'string') return token.sub;
  return subject && 'equals' in subject ? subject.equals : branch;
}
