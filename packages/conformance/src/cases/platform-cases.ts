import { type ConformanceCase, casesOf } from './case.ts';
import { sources } from './sources.ts';
import type { Members } from './token.ts';
import type { TrustName } from './trusts.ts';

const ordinary = (trust: TrustName, what: string, source: string) =>
  ({ trust, expected: 'accepted', why: `This is the token of ${what}, which is trusted.`, source }) as const;
const refused = (trust: TrustName, claims: Members, why: string, source: string) =>
  ({ trust, token: { claims }, expected: 'refused', why, source }) as const;

const parts =
  'Organization, project and the name of a pipeline or service connection are one subject: each of them counts.';
const azure = (trust: TrustName, sub: string, why = parts) => refused(trust, { sub }, why, sources.azurePipelines);
const entra = (from: string, to: string, why: string) => {
  const own =
    '/eid1/c/pub/t/jhxKLz17Uk6aEGyNXn-bAQ/a/rISbSSETf0KqFyZ8ppdXmA/sc/0ca3ddd9-f0b0-4635-a98c-586652696105/4d6e8f0a-2b3c-4d4e-8f5a-6b7c8d9e0f08';
  return refused('azure-entra', { sub: own.replace(from, to) }, why, sources.entraConnections);
};

/** Pipelines of Azure DevOps. */
const azurePipelines = casesOf('jobs', {
  'azure-pipeline': ordinary('azure-pipeline', 'a pipeline', sources.azurePipelines),
  'azure-connection': ordinary('azure-connection', 'a service connection', sources.azurePipelines),
  'azure-connection-on-the-entra-issuer': ordinary(
    'azure-entra',
    'a service connection on the Entra issuer',
    sources.entraConnections,
  ),
  'azure-another-pipeline': azure('azure-pipeline', 'p://contoso/web/nightly'),
  'azure-pipeline-that-begins-alike': azure('azure-pipeline', 'p://contoso/web/release-2'),
  'azure-pipeline-in-another-case': azure('azure-pipeline', 'p://contoso/web/Release'),
  'azure-pipeline-of-another-project': azure('azure-pipeline', 'p://contoso/shop/release'),
  'azure-pipeline-of-another-organization': azure('azure-pipeline', 'p://fabrikam/web/release'),
  'azure-connection-where-a-pipeline-is-trusted': azure(
    'azure-pipeline',
    'sc://contoso/web/release',
    'A service connection and a pipeline may have one name: the scheme tells them apart.',
  ),
  'azure-pipeline-where-a-connection-is-trusted': azure(
    'azure-connection',
    'p://contoso/web/azure',
    'A pipeline that is not permitted to use a service connection must not pass for it.',
  ),
  'azure-another-connection': azure('azure-connection', 'sc://contoso/web/azure-production'),
  'azure-entra-issuer-another-connection': entra(
    '4d6e8f0a-2b3c-4d4e-8f5a-6b7c8d9e0f08',
    '4d6e8f0a-2b3c-4d4e-8f5a-6b7c8d9e0f09',
    'All connections of a tenant have one issuer: the last part of the subject says which one.',
  ),
  'azure-entra-issuer-another-organization': entra(
    '0ca3ddd9-f0b0-4635-a98c-586652696105',
    '0ca3ddd9-f0b0-4635-a98c-586652696106',
    'All organizations of a tenant have one issuer: the subject says which one.',
  ),
  'azure-entra-issuer-another-tenant-by-case': entra(
    'jhxKLz17Uk6aEGyNXn-bAQ',
    'JHXKLz17Uk6aEGyNXn-bAQ',
    'The ids in it are Base64url, where a letter in another case is another id.',
  ),
});

const account =
  'A service account is one by its namespace and its name: whoever may write in another namespace can take the name there.';
const kubernetesAccount = (sub: string, why = account) =>
  refused('kubernetes-account', { sub }, why, sources.kubernetesAccounts);

/** Service accounts of Kubernetes. */
const kubernetes = casesOf('jobs', {
  'kubernetes-account': ordinary('kubernetes-account', 'a service account', sources.kubernetesAccounts),
  'kubernetes-another-namespace': kubernetesAccount('system:serviceaccount:dev:deployer'),
  'kubernetes-another-account': kubernetesAccount('system:serviceaccount:ci:default'),
  'kubernetes-account-that-begins-alike': kubernetesAccount('system:serviceaccount:ci:deployer-2'),
  'kubernetes-namespace-that-begins-alike': kubernetesAccount('system:serviceaccount:ci-2:deployer'),
  'kubernetes-node': kubernetesAccount('system:node:deployer', 'A node is no service account.'),
  'kubernetes-group-of-accounts': kubernetesAccount(
    'system:serviceaccounts:ci',
    'The group of all service accounts of a namespace is none of them.',
  ),
  'kubernetes-token-of-a-secret': {
    trust: 'kubernetes-account',
    token: { claims: { iss: 'kubernetes/serviceaccount' }, without: ['aud', 'exp', 'iat', 'nbf'] },
    expected: 'refused',
    why: 'The tokens that secrets had have no audience and do not expire: they are for the API server of their cluster alone.',
    source: sources.kubernetesAccounts,
  },
});

const path = 'The path of a project is all of it: groups above and below are others.';
const gitLabBranch = (sub: string, why = path, claims: Members = {}) =>
  refused('gitlab-branch', { sub, ...claims }, why, sources.gitLab);

/** Jobs of GitLab. */
const gitLab = casesOf('jobs', {
  'gitlab-branch': ordinary('gitlab-branch', 'a job on a branch', sources.gitLab),
  'gitlab-id': ordinary('gitlab-id', 'a project by its id, by a customized subject', sources.gitLab),
  'gitlab-claims': ordinary('gitlab-claims', 'a project by its id, on a protected branch', sources.gitLab),
  'gitlab-another-branch': gitLabBranch(
    'project_path:acme/shop/web:ref_type:branch:ref:feature',
    'The branch is a part of the subject.',
  ),
  'gitlab-tag-by-the-name-of-a-branch': gitLabBranch(
    'project_path:acme/shop/web:ref_type:tag:ref:main',
    'Whoever may push a tag need not be allowed to push to the branch of its name.',
    { ref_type: 'tag' },
  ),
  'gitlab-group-above': gitLabBranch('project_path:acme/web:ref_type:branch:ref:main'),
  'gitlab-group-below': gitLabBranch('project_path:acme/shop/web/web:ref_type:branch:ref:main'),
  'gitlab-project-that-begins-alike': gitLabBranch('project_path:acme/shop/web-2:ref_type:branch:ref:main'),
  'gitlab-fork': gitLabBranch(
    'project_path:mona/web:ref_type:branch:ref:main',
    'A merge request from a fork runs in the fork, with its path.',
    { project_path: 'mona/web', project_id: '990001', pipeline_source: 'merge_request_event' },
  ),
  'gitlab-path-where-an-id-is-trusted': refused(
    'gitlab-id',
    { sub: 'project_path:acme/shop/web:ref_type:branch:ref:main' },
    'A path may be taken by another project: where the id is trusted, the path is not.',
    sources.gitLab,
  ),
  'gitlab-another-project-of-the-path': refused(
    'gitlab-id',
    { sub: 'project_id:990001:ref_type:branch:ref:main', project_id: '990001' },
    'An id is never given again; a path is.',
    sources.gitLab,
  ),
  'gitlab-environment': {
    trust: 'gitlab-branch',
    token: { claims: { environment: 'production', environment_protected: 'true', deployment_tier: 'production' } },
    expected: 'accepted',
    why: 'An environment is a claim of its own: it changes nothing of the subject.',
    source: sources.gitLab,
  },
  'gitlab-retried': {
    trust: 'gitlab-branch',
    token: { claims: { job_id: '9002' } },
    expected: 'accepted',
    why: 'A job that is retried is another job with the same subject.',
    source: sources.gitLab,
  },
  'gitlab-claims-of-an-unprotected-branch': refused(
    'gitlab-claims',
    { ref_protected: 'false' },
    'A branch that is not protected can be pushed to by every developer.',
    sources.gitLab,
  ),
  'gitlab-claims-as-a-truth': refused(
    'gitlab-claims',
    { ref_protected: false },
    'This claim is a text, and a false one is not true in any spelling.',
    sources.gitLab,
  ),
  'gitlab-claims-of-another-project': refused(
    'gitlab-claims',
    { project_id: '990001' },
    'A project of the same path is another one by its id.',
    sources.gitLab,
  ),
});

/** Jobs of other platforms than GitHub. */
export const platformCases: readonly ConformanceCase[] = [...azurePipelines, ...kubernetes, ...gitLab];
