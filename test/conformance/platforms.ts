import type { GitHubJob } from '@fedbridge/emulator';
import { expect } from 'vitest';
import { connection } from './entra-exchange.ts';
import type { Claims, Row } from './row.ts';

/** A token of a platform, by what it is of, and the claims that it has. */
export interface ClaimRow extends Row {
  /** GitHub, or an Azure pipeline with one of its connections or none. */
  readonly of: 'GitHub' | 'none' | 'a name' | 'azure-old' | 'azure';
  readonly job?: GitHubJob;
  readonly claims: (issuers: Readonly<Record<'github' | 'vstoken' | 'entra', string>>) => Claims;
  readonly without?: readonly string[];
}

const subject = (name: string, job: GitHubJob, sub: string): ClaimRow => ({
  ...{ name: `GitHub: ${name}`, source: 'gitHubReference', of: 'GitHub', job },
  claims: () => ({ sub }),
});
const gitHub = (name: string, job: GitHubJob, claims: Claims, without: readonly string[] = []): ClaimRow => ({
  ...{ name: `GitHub: ${name}`, source: 'gitHubReference', of: 'GitHub', job, without },
  claims: () => claims,
});

const organization = connection.organization;
const pipelineClaims = ['org_id', 'prj_id', 'def_id', 'rpo_id', 'rpo_uri', 'rpo_ver', 'rpo_ref', 'run_id'];

export const claimRows: readonly ClaimRow[] = [
  subject('a branch', {}, 'repo:octo/app:ref:refs/heads/main'),
  subject('a tag', { ref: 'refs/tags/v2' }, 'repo:octo/app:ref:refs/tags/v2'),
  subject('a pull request', { event: 'pull_request' }, 'repo:octo/app:pull_request'),
  subject('an environment wins over the ref', { environment: 'prod' }, 'repo:octo/app:environment:prod'),
  subject('a colon in a name', { environment: 'prod:eu' }, 'repo:octo/app:environment:prod%3Aeu'),
  subject('with ids', { immutableSubject: true }, 'repo:octo@65001/app@724113:ref:refs/heads/main'),
  gitHub('the run of a check', {}, { check_run_id: expect.stringMatching(/^\d+$/) as unknown }),
  gitHub('an enterprise', { enterprise: { slug: 'acme', id: '77' } }, { enterprise: 'acme', enterprise_id: '77' }),
  gitHub('no enterprise', {}, {}, ['enterprise', 'enterprise_id', 'environment']),
  gitHub('custom properties', { properties: { team: 'build' } }, { repo_property_team: 'build' }),
  gitHub('ids are texts', {}, { repository_id: '724113', repository_owner_id: '65001', actor_id: '1001' }),
  {
    name: 'Azure Pipelines: no connection',
    source: 'teleport',
    of: 'none',
    claims: ({ vstoken }) => ({
      iss: `${vstoken}/${organization}`,
      sub: 'p://contoso/web/release',
      aud: 'api://AzureADTokenExchange',
      ...Object.fromEntries(pipelineClaims.map((claim) => [claim, expect.any(String)])),
    }),
  },
  {
    name: 'Azure Pipelines: a connection by its name in the place of its id is none',
    source: 'teleport',
    of: 'a name',
    claims: () => ({ sub: 'p://contoso/web/release' }),
  },
  {
    name: 'Azure Pipelines: a connection on the Azure DevOps issuer',
    source: 'teleport',
    of: 'azure-old',
    claims: ({ vstoken }) => ({
      iss: `${vstoken}/${organization}`,
      sub: 'sc://contoso/web/azure-old',
      aud: 'api://AzureADTokenExchange',
    }),
    without: [...pipelineClaims, 'azp'],
  },
  {
    name: 'Azure Pipelines: a connection on the Entra issuer',
    source: 'teleport',
    of: 'azure',
    claims: ({ entra }) => ({
      iss: `${entra}/${connection.tenant}/v2.0`,
      // .NET's order of bytes.
      sub: connection.subject,
      aud: 'fb60f99c-7a34-4190-8149-302f77469936',
      azp: '499b84ac-1321-427f-aa17-267ca6975798',
    }),
    without: pipelineClaims,
  },
];

/** A request to Azure DevOps' endpoint of ID tokens that it does not answer with one. */
export interface ProblemRow extends Row {
  readonly method?: string;
  readonly query: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** With the job's own token; true by default. */
  readonly own?: boolean;
  readonly status: number;
  readonly body?: unknown;
}

const nobody = '00000000-0000-4000-8000-000000000000';
const unreferenced = `There is no explicit reference to service connection ${nobody} from current stage deploy.Job.__default.`;
const query = '?api-version=7.1';

export const problemRows: readonly ProblemRow[] = [
  {
    name: 'a connection that the stage does not refer to',
    source: 'devOpsReference',
    query: `${query}&serviceConnectionId=${nobody}`,
    status: 403,
    body: { count: unreferenced.length, value: unreferenced },
  },
  {
    name: 'another method',
    source: 'devOpsMethod',
    method: 'GET',
    query,
    status: 405,
    body: { count: 1, value: { Message: "The requested resource does not support http method 'GET'." } },
  },
  { name: 'a bad token', source: 'devOpsRedirect', query, own: false, status: 302 },
  {
    name: 'a bad token, and no redirect',
    source: 'devOpsRedirect',
    query,
    own: false,
    headers: { 'x-tfs-fedauthredirect': 'Suppress' },
    status: 401,
  },
  {
    name: 'no version of the API',
    source: 'devOpsProblem',
    query: '',
    status: 400,
    body: expect.objectContaining({
      $id: '1',
      innerException: null,
      typeKey: expect.any(String) as unknown,
    }) as unknown,
  },
];
