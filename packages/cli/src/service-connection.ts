import { connectionHere, connectionsHere, findConnection } from '@fedbridge/azure-pipelines/find-connection';
import { FedbridgeError, isGuid, type Outbound } from '@fedbridge/core';
import { platforms } from '@fedbridge/platforms';

/** A service connection that a job speaks for, and what is known of it. */
export type JobConnection = Awaited<ReturnType<typeof findConnection>>;

/** The one connection that the job refers to. */
const only = 'auto';

/**
 * The service connection that a user names: by its id, by its name, or as the only one of the job.
 *
 * @returns undefined where none is named, or none can be
 * @throws FedbridgeError `CONNECTION_*`, `INPUT_INVALID`, and what asking for one throws
 */
export async function connectionOf(named: string | undefined, outbound: Outbound): Promise<JobConnection | undefined> {
  const { environment } = outbound.system;
  const platform = platforms.find(({ isHere }) => isHere(environment));
  if (!named || !platform?.hasServiceConnections) return undefined;
  if (isGuid(named)) return connectionHere(named, environment);
  return named === only ? connectionHere(theOnly(environment), environment) : findConnection(named, outbound);
}

function theOnly(environment: Outbound['system']['environment']): string {
  const [id, ...more] = connectionsHere(environment);
  if (id !== undefined && more.length === 0) return id;
  const several = `This job refers to several service connections: ${[id, ...more].join(', ')}.`;
  throw new FedbridgeError('INPUT_INVALID', id ? several : 'No variable here names a service connection.', {
    hint: id
      ? 'Name the one to speak for, by its name or its id.'
      : 'The agent tells tasks of theirs; in a script name it, by its name or its id.',
  });
}
