import { promises } from 'node:fs';
import { join } from 'node:path';
import type { Host } from './host.ts';
import { notWritten } from './not-written.ts';

/**
 * Writes files that only this user can read, in a new folder (0700, files 0600) of the step's own, which goes with its clean-up.
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
  const paths: Record<string, string> = {};
  for (const [name, content] of Object.entries<string>(files)) {
    const path = join(directory, name);
    try {
      await promises.writeFile(path, content, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      throw notWritten(path, error);
    }
    paths[name] = path;
  }
  return paths as Record<Name, string>;
}

/**
 * Makes a folder that only this user can look into, which goes with the step's clean-up.
 *
 * @throws FedbridgeError `DELIVERY_FAILED`
 */
export async function secretDirectory(host: Host): Promise<string> {
  const folder = host.folder.path();
  try {
    return await promises.mkdtemp(join(folder, 'files-'));
  } catch (error) {
    throw notWritten(folder, error);
  }
}
