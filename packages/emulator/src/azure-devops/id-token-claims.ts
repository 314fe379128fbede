import { entraAudience } from '../entra/audience.ts';
import type { Names } from '../server/names.ts';
import type { AzurePipelinesJob, Connection, Organization, Project } from './organization.ts';

/** A job with the organization and the project that it is of. */
export interface JobContext {
  readonly job: AzurePipelinesJob;
  readonly organization: Organization;
  readonly project: Project;
}

interface Issuers {
  readonly names: Names;
  /** Seconds since 1970-01-01 UTC. */
  readonly now: number;
}

const azureDevOpsApp = '499b84ac-1321-427f-aa17-267ca6975798';

/** What a job runs on when nothing is said. */
export const defaults = {
  ref: 'refs/heads/main',
  sha: '4c1e9a7d5b3f20816e7a9c0d1b2f3e4d5c6b7a89',
  runId: '20260',
  repository: 'app',
};

/** The token of a pipeline, without a service connection. Source: Teleport RFD 211, decoded samples. */
export function pipelineClaims({ job, organization, project }: JobContext, issuers: Issuers) {
  return {
    sub: `p://${organization.name}/${project.name}/${job.pipeline}`,
    aud: entraAudience.uri,
    iss: issuers.names.azureDevOps(organization.id),
    org_id: organization.id,
    prj_id: project.id,
    def_id: project.pipelines[job.pipeline],
    rpo_id: defaults.repository,
    rpo_uri: `https://dev.azure.com/${organization.name}/${project.name}/_git/${defaults.repository}`,
    rpo_ver: job.sha ?? defaults.sha,
    rpo_ref: job.ref ?? defaults.ref,
    run_id: job.runId ?? defaults.runId,
    ...times(job, issuers.now),
    ...job.claims,
  };
}

/** Who a service connection is to relying parties, from either issuer. */
export function connectionIdentity(
  { organization, project }: Omit<JobContext, 'job'>,
  connection: Connection,
  names: Names,
): { readonly iss: string; readonly sub: string } {
  if (connection.issuer === 'azure-devops') {
    const sub = `sc://${organization.name}/${project.name}/${connection.name}`;
    return { iss: names.azureDevOps(organization.id), sub };
  }
  return { iss: names.entra(connection.tenantId), sub: entraIssuerSubject(connection, organization) };
}

/** The token of a service connection, from either issuer. */
export function connectionClaims(context: JobContext, connection: Connection, issuers: Issuers) {
  const { job } = context;
  const identity = connectionIdentity(context, connection, issuers.names);
  if (connection.issuer === 'azure-devops') {
    return { ...identity, aud: entraAudience.uri, ...times(job, issuers.now), ...job.claims };
  }
  return {
    ...identity,
    aud: entraAudience.clientId,
    azp: azureDevOpsApp,
    azpacr: '2',
    tid: connection.tenantId,
    ver: '2.0',
    ...times(job, issuers.now),
    ...job.claims,
  };
}

/** `/eid1/c/pub/t/<tenant>/a/<app>/sc/<organization>/<connection>`, the first two in base64 of their bytes. */
function entraIssuerSubject(connection: Connection, organization: Organization): string {
  const [tenant, application] = [connection.tenantId, azureDevOpsApp].map(encoded);
  return `/eid1/c/pub/t/${tenant}/a/${application}/sc/${organization.id}/${connection.id}`;
}

/** In .NET's order, `Guid.ToByteArray`: the first three groups are little-endian. */
function encoded(guid: string): string {
  const bytes = Buffer.from(guid.replaceAll('-', ''), 'hex');
  for (const [from, to] of [
    [0, 4],
    [4, 6],
    [6, 8],
  ] as const)
    bytes.subarray(from, to).reverse();
  return bytes.toString('base64url');
}

function times({ lifetimeSeconds = 300 }: AzurePipelinesJob, now: number) {
  // The issuer lets a token begin ten minutes before it was asked for.
  return { jti: crypto.randomUUID(), nbf: now - 600, iat: now, exp: now + lifetimeSeconds };
}
