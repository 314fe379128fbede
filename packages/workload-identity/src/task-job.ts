import { type ConnectionAuthorization, federatedConnection } from '@fedbridge/azure-pipelines/federated-connection';
import { keyOf, refuseReplacedBy } from '@fedbridge/azure-pipelines/replaced-variables';
import { type Environment, FedbridgeError, isGuid } from '@fedbridge/core';

/** What is used of `azure-pipelines-task-lib/task`, of any version from 4 on. */
export interface TaskLib {
  getInput(name: string, required?: boolean): string | undefined;
  getEndpointAuthorization(
    id: string,
    optional: boolean,
  ): { readonly scheme: string; readonly parameters: Readonly<Record<string, string>> } | undefined;
  getEndpointDataParameter(id: string, key: string, optional: boolean): string | undefined;
  getVariables(): readonly { readonly name: string }[];
  setSecret(secret: string): void;
}

/** Which service connection a job of Azure Pipelines speaks for; elsewhere it has no meaning. */
export interface ServiceConnectionOptions {
  /**
   * The `azure-pipelines-task-lib/task` of your task. It takes service connections out of the environment as it loads: where you load it,
   * hand it over.
   */
  readonly taskLib?: TaskLib | undefined;
  /**
   * The name of the input, yours to choose, of type `connectedService:AzureRM` in your `task.json`, in which users name a service
   * connection with workload identity federation. Without one, or where users leave it empty, the pipeline speaks for itself.
   */
  readonly connectionInput?: string | undefined;
  /** The id of the connection, a GUID, where you have it from elsewhere: in a script, say, with `SYSTEM_ACCESSTOKEN` mapped. */
  readonly connectionId?: string | undefined;
}

/**
 * What the agent hands to a task for its ID tokens.
 *
 * @throws FedbridgeError `CONNECTION_*`, `INPUT_INVALID`
 */
export function taskJob(
  { taskLib, connectionInput, connectionId }: ServiceConnectionOptions,
  environment: Environment,
) {
  const task = taskLib ?? withoutLibrary(environment);
  const names = new Map(task.getVariables().map(({ name }) => [keyOf(name), name]));
  refuseReplacedBy(names, /^ENDPOINT_/, 'A service connection');
  if (connectionInput !== undefined) refuseReplacedBy(names, `INPUT_${connectionInput}`, `Input "${connectionInput}"`);
  const accessToken = task.getEndpointAuthorization('SystemVssConnection', true)?.parameters.AccessToken;
  if (connectionId !== undefined) {
    if (isGuid(connectionId)) return { accessToken, connectionId, connection: undefined };
    throw new FedbridgeError('INPUT_INVALID', `"${connectionId}" is not the id of a service connection, a GUID.`);
  }
  const id = connectionInput === undefined ? undefined : task.getInput(connectionInput) || undefined;
  if (id === undefined) return { accessToken, connectionId: undefined, connection: undefined };
  const data = (name: string) => task.getEndpointDataParameter(id, name, true);
  return {
    accessToken,
    connectionId: id,
    connection: federatedConnection(id, task.getEndpointAuthorization(id, true), data),
  };
}

/** The same by the variables that the agent sets. Source: microsoft/azure-pipelines-agent, `Handler.AddEndpointsToEnvironment`. */
function withoutLibrary(environment: Environment): Omit<TaskLib, 'setSecret'> {
  return {
    getInput: (name) => environment[`INPUT_${keyOf(name)}`]?.trim(),
    getEndpointAuthorization: (id) => authorizationOf(environment[`ENDPOINT_AUTH_${id}`]),
    getEndpointDataParameter: (id, key) => environment[`ENDPOINT_DATA_${id}_${keyOf(key)}`],
    getVariables: () =>
      listOf(environment.VSTS_PUBLIC_VARIABLES)
        .concat(listOf(environment.VSTS_SECRET_VARIABLES))
        .map((name) => ({ name })),
  };
}

function authorizationOf(json: string | undefined): ConnectionAuthorization | undefined {
  if (!json) return undefined;
  try {
    const { scheme, parameters } = JSON.parse(json);
    if (typeof scheme === 'string' && typeof parameters === 'object' && parameters !== null)
      return { scheme, parameters };
  } catch {
    // Its message would quote the authorization.
  }
  throw new FedbridgeError('CONNECTION_MISSING', 'What the agent says of a service connection cannot be read.');
}

function listOf(json: string | undefined): readonly string[] {
  if (!json) return [];
  try {
    const names: unknown = JSON.parse(json);
    if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
  } catch {
    // As below.
  }
  throw new FedbridgeError('INPUT_INVALID', "What the agent says of the job's variables cannot be read.");
}
