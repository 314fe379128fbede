import { azureDevOps } from './azure-devops.ts';
import { bitbucket } from './bitbucket.ts';
import { buildkite } from './buildkite.ts';
import { circleCi } from './circleci.ts';
import { customerServices } from './customer-services.ts';
import { entra } from './entra.ts';
import { gitHub } from './github.ts';
import { gitLab } from './gitlab.ts';
import { google } from './google.ts';
import type { Issuer } from './issuer.ts';
import { kubernetes } from './kubernetes.ts';
import { terraformCloud } from './terraform-cloud.ts';

/** Where something is told in the tokens of a shape: in a field, or behind a key in the text of one (`ref:` in `…:ref:main:…`). */
export interface TokenPart {
  readonly field: string;
  /** Empty for whatever stands between two colons. */
  readonly behind?: string;
  /** The beginnings of it that tell as much as all of it: `release/` of `release/1.0`. */
  readonly begins?: RegExp;
}

/** Something that is true of a token: each of these. */
export type TokenKind = readonly { readonly claim: string; readonly pattern: string; readonly not?: true }[];

/**
 * How one owner, one project of an owner and one job of a project are told from others in an issuer's tokens. Each part of a list tells by
 * itself.
 */
export interface TokenParts {
  readonly owner: readonly TokenPart[];
  /** A repository, project, pipeline or namespace. */
  readonly project: readonly TokenPart[];
  /** What can be kept from others of the same project: a branch, environment, service connection or service account. */
  readonly job: readonly TokenPart[];
  /** Of the parts of a project those that are never given to another. */
  readonly ids: readonly TokenPart[];
  /** A reusable workflow, which may be called by others than its owner; and the repository that it is in. */
  readonly workflow?: readonly TokenPart[];
  readonly workflowRepository?: readonly TokenPart[];
  /** Tokens of a job that no branch, tag or pull request is told of, or that is of none of a branch. */
  readonly notOfBranch?: TokenKind;
  /** Each is one of a tag's. */
  readonly tags?: readonly TokenKind[];
  readonly pullRequest?: TokenKind;
  /** Further tokens of a pull request, such as one that was merged. */
  readonly ofPullRequest?: readonly TokenKind[];
  /** Fields of shapes whose subject is one that an owner, or a project, made a template for. */
  readonly template?: readonly string[];
  /** Fields of a job that nobody expects, and of a pull request. */
  readonly examples?: Readonly<Record<'job' | 'pullRequest', Readonly<Record<string, string>>>>;
}

/** Names that a separator keeps together are a choice of who writes them; the folder of all refs is none. */
const together = /^(?!refs\/(?:(?:heads|tags|pull)\/)?$)(?:.*[^/._-])?[/._-]$/;
const job = (field: string, behind?: string): TokenPart => ({
  field,
  begins: together,
  ...(behind === undefined ? {} : { behind }),
});

/** Texts of GitHub's customized subjects, in which claims may stand in any order. */
const texts = ['before', 'after', 'after2', 'after3', 'after4', 'subject'];
const inTexts = (behind: string, begins?: RegExp): readonly TokenPart[] =>
  texts.map((field) => ({ field, behind, ...(begins ? { begins } : {}) }));
const flow = (begins?: RegExp): readonly TokenPart[] => [
  { field: 'job_workflow_ref', ...(begins ? { begins } : {}) },
  ...inTexts('job_workflow_ref:', begins),
];

const ofGitHub: TokenParts = {
  owner: [
    ...['owner', 'ownerId', 'repositoryId', 'enterprise_id'].map((field) => ({ field })),
    ...inTexts('enterprise:'),
    // Of a server that writes colons as they are.
    { field: 'subject', behind: 'repo:', begins: /^[^/]+\// },
  ],
  project: [
    { field: 'repository' },
    { field: 'repositoryId' },
    { field: 'subject', behind: 'repo:', begins: /^[^/]+\/[^:]+:/ },
  ],
  job: [job('environment'), job('ref'), ...['environment:', 'ref:'].flatMap((key) => inTexts(key, together))],
  ids: [{ field: 'repositoryId' }],
  workflow: flow(),
  workflowRepository: flow(/^[^/]+\/[^/]+\//),
  notOfBranch: [
    { claim: 'ref', pattern: 'refs/heads/*', not: true },
    { claim: 'sub', pattern: '*:ref:refs/heads/*', not: true },
  ],
  tags: [[{ claim: 'ref', pattern: 'refs/tags/*' }], [{ claim: 'sub', pattern: '*ref:refs/tags/*' }]],
  pullRequest: [
    { claim: 'ref', pattern: 'refs/pull/*' },
    { claim: 'sub', pattern: '*:ref:refs/heads/*', not: true },
    { claim: 'sub', pattern: '*:ref:refs/tags/*', not: true },
  ],
  ofPullRequest: [
    [{ claim: 'ref', pattern: 'refs/pull/*' }],
    [{ claim: 'sub', pattern: '*:pull_request' }],
    [{ claim: 'sub', pattern: '*:pull_request:*' }],
    [{ claim: 'sub', pattern: '*:ref:refs/pull/*' }],
  ],
  template: texts,
  examples: {
    job: { ref: 'refs/heads/anything', environment: 'anything' },
    pullRequest: { ref: 'refs/pull/1/merge', environment: 'anything' },
  },
};

const ofGitLab: TokenParts = {
  owner: [{ field: 'group' }, { field: 'namespace_id' }, { field: 'project_id' }],
  project: [{ field: 'project' }, { field: 'project_id' }],
  job: [job('rest', 'ref:'), job('rest', 'environment:')],
  ids: [{ field: 'project_id' }],
  notOfBranch: [{ claim: 'sub', pattern: '*:ref_type:branch*', not: true }],
  tags: [[{ claim: 'sub', pattern: '*:ref_type:tag*' }]],
  examples: { job: { rest: ':ref_type:branch:ref:anything' }, pullRequest: {} },
};

const ofTerraform: TokenParts = {
  owner: [{ field: 'organization' }],
  // The name of a workspace is its organization's.
  project: [{ field: 'project' }, { field: 'workspace' }],
  job: [job('workspace'), job('stack')],
  ids: [],
};

const ofBuildkite: TokenParts = {
  owner: ['organization', 'organization_id', 'pipeline_id', 'cluster_id', 'otherId'].map((field) => ({ field })),
  project: ['pipeline', 'pipeline_id', 'otherId'].map((field) => ({ field })),
  job: [job('build_branch'), job('tag')],
  ids: [{ field: 'pipeline_id' }, { field: 'otherId' }],
  notOfBranch: [{ claim: 'sub', pattern: '*:ref:refs/heads/*', not: true }],
  tags: [[{ claim: 'sub', pattern: '*:ref:refs/tags/*' }]],
  examples: { job: { build_branch: 'anything' }, pullRequest: {} },
};

const none: TokenParts = { owner: [], project: [], job: [], ids: [] };

/** The same where the URL names the customer. */
const ofCustomer: TokenParts = {
  ...none,
  project: [{ field: 'project' }, { field: 'subject' }],
  job: [{ field: 'job' }],
};

/** Of a service, in which subjects name a customer, a project and a job of it, as far as their form is known. */
const ofCustomers = (aud: readonly TokenPart[]): TokenParts => ({
  ...ofCustomer,
  owner: [{ field: 'customer' }, { field: 'subject' }, ...aud],
});

const all: ReadonlyMap<unknown, TokenParts> = new Map<unknown, TokenParts>([
  [gitHub, ofGitHub],
  [gitLab, ofGitLab],
  [terraformCloud, ofTerraform],
  [buildkite, ofBuildkite],
  [azureDevOps, { ...none, project: [{ field: 'project' }], job: [job('name')] }],
  // An organization of Azure DevOps has many projects, and a connection is of one.
  [entra, { ...none, project: ['connection', 'workload', 'principal'].map((field) => ({ field })) }],
  [kubernetes, { ...none, project: [{ field: 'namespace' }], job: [job('account')] }],
  [circleCi, { ...none, project: [{ field: 'project' }] }],
  [
    bitbucket,
    {
      ...none,
      project: [{ field: 'repository' }],
      job: [job('rest', '')],
      ids: [{ field: 'repository' }],
      examples: { job: { rest: ':{1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9}' }, pullRequest: {} },
    },
  ],
  [google, { ...none, owner: ['account', 'google/organization_number', 'domain'].map((field) => ({ field })) }],
  ...customerServices.map((one) => [one, ofCustomer] as const),
]);

/** Of an issuer, and of one that is not known its subjects as a whole. */
export function tokenPartsOf(issuer: Issuer | undefined): TokenParts {
  const known = issuer && all.get(issuer);
  if (known) return known;
  return ofCustomers(
    issuer?.ownerClaims.some(({ claim }) => claim === 'aud') ? [{ field: 'aud' }, { field: 'azp' }] : [],
  );
}
