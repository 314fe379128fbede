import { defaults, type JobContext } from './id-token-claims.ts';
import type { Connection } from './organization.ts';

/** A job that runs, with what its ID token endpoint recognizes it by. */
export interface RunningJob {
  readonly context: JobContext;
  readonly connections: readonly Connection[];
  readonly accessToken: string;
  readonly planId: string;
  readonly jobId: string;
  readonly stage: string;
}

/** The variables that an agent sets for a task. Source: microsoft/azure-pipelines-task-lib, `internal.ts` and `task.ts`. */
export function agentEnvironment(running: RunningJob, collection: string): Record<string, string> {
  const { context, planId, jobId } = running;
  const { job, organization, project } = context;
  const requestUri = `${collection}${project.id}/_apis/distributedtask/hubs/build/plans/${planId}/jobs/${jobId}/oidctoken`;
  return {
    AGENT_JOBNAME: 'Job',
    AGENT_VERSION: '4.266.2',
    BUILD_BUILDID: job.runId ?? defaults.runId,
    BUILD_DEFINITIONNAME: job.pipeline,
    BUILD_REPOSITORY_NAME: defaults.repository,
    BUILD_REQUESTEDFOR: 'Mona Lisa',
    BUILD_SOURCEBRANCH: job.ref ?? defaults.ref,
    BUILD_SOURCEVERSION: job.sha ?? defaults.sha,
    SYSTEM_COLLECTIONID: organization.id,
    SYSTEM_COLLECTIONURI: collection,
    SYSTEM_DEFINITIONID: project.pipelines[job.pipeline] ?? '',
    SYSTEM_HOSTTYPE: 'build',
    SYSTEM_JOBID: jobId,
    SYSTEM_OIDCREQUESTURI: requestUri,
    SYSTEM_PLANID: planId,
    SYSTEM_STAGENAME: running.stage,
    SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: collection,
    SYSTEM_TEAMPROJECT: project.name,
    SYSTEM_TEAMPROJECTID: project.id,
    TF_BUILD: 'True',
    ...endpoint('SystemVssConnection', collection, 'OAuth', { AccessToken: running.accessToken }, {}),
    ...Object.assign({}, ...running.connections.map(connectionEndpoint)),
  };
}

function connectionEndpoint(connection: Connection): Record<string, string> {
  return endpoint(
    connection.id,
    'https://management.azure.com/',
    'WorkloadIdentityFederation',
    { serviceprincipalid: connection.clientId, tenantid: connection.tenantId },
    {
      SUBSCRIPTIONID: connection.subscriptionId ?? '',
      ENVIRONMENT: connection.environment ?? 'AzureCloud',
      SCOPELEVEL: 'Subscription',
    },
  );
}

function endpoint(
  id: string,
  url: string,
  scheme: string,
  parameters: Readonly<Record<string, string>>,
  data: Readonly<Record<string, string>>,
): Record<string, string> {
  const variables: Record<string, string> = {
    [`ENDPOINT_URL_${id}`]: url,
    [`ENDPOINT_AUTH_${id}`]: JSON.stringify({ parameters, scheme }),
    [`ENDPOINT_AUTH_SCHEME_${id}`]: scheme,
  };
  for (const [name, value] of Object.entries(parameters)) {
    variables[`ENDPOINT_AUTH_PARAMETER_${id}_${name.toUpperCase()}`] = value;
  }
  for (const [name, value] of Object.entries(data)) variables[`ENDPOINT_DATA_${id}_${name}`] = value;
  return variables;
}
