import { promises } from 'node:fs';
import { join } from 'node:path';
import { FedbridgeError } from '@fedbridge/core';
import type { Host } from './host.ts';

const state = 'secretDirectories';

/**
 * Writes files that only this user can read, in a new folder (0700, files 0600) of the job's temp folder, and has the
 * step's cleanup remove them.
 *
 * @param files - contents by file name
 * @returns paths by file name
 * @throws FedbridgeError `DELIVERY_FAILED`
 */
export async function writeSecretFiles<Name extends string>(
  host: Host,
  files: Readonly<Record<Name, string>>,
): Promise<Record<Name, string>> {
  const directory = await secretDirectory(host);
  try {
    const paths: Record<string, string> = {};
    for (const [name, content] of Object.entries<string>(files)) {
      const path = join(directory, name);
      await promises.writeFile(path, content, { mode: 0o600, flag: 'wx' });
      paths[name] = path;
    }
    return paths as Record<Name, string>;
  } catch (error) {
    throw notWritten(host, error);
  }
}

/**
 * Makes a folder in the job's temp folder that only this user can look into, and has the step's cleanup remove it.
 *
 * @throws FedbridgeError `DELIVERY_FAILED`
 */
export async function secretDirectory(host: Host): Promise<string> {
  const { randomUUID } = await import('node:crypto');
  const directory = join(host.tempDirectory, `fedbridge-${randomUUID()}`);
  // Told first: a job may be cancelled at any moment.
  host.saveState(state, JSON.stringify([...directories(host), directory]));
  try {
    await promises.mkdir(directory, { mode: 0o700 });
  } catch (error) {
    throw notWritten(host, error);
  }
  return directory;
}

/** Removes what `writeSecretFiles` wrote. */
export async function removeSecretFiles(host: Host): Promise<void> {
  for (const directory of directories(host)) await promises.rm(directory, { recursive: true, force: true });
}

function directories(host: Host): string[] {
  const saved = host.state(state);
  return saved === '' ? [] : (JSON.parse(saved) as string[]);
}

function notWritten(host: Host, cause: unknown): FedbridgeError {
  const { code } = cause as { code?: unknown };
  return new FedbridgeError('DELIVERY_FAILED', `Credentials could not be written to the job's temp folder: ${code}.`, {
    cause,
    hint: `See that there is room and that the agent may write in ${host.tempDirectory}.`,
  });
}
