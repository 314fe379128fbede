import { promises } from 'node:fs';
import { join } from 'node:path';
import { processCommand, shellQuoted } from '../profiles/process-command.ts';

/** The script in the broker's folder. It has no secret in it. */
const launcher = 'credentials';

/**
 * Writes what a profile's `credential_process` runs, and tells how.
 *
 * @param folder - the broker's
 * @param script - the file that calls `runBroker`
 * @returns the command for a role, by its name at the broker; throws `DELIVERY_FAILED` where the path cannot be part of one
 * @throws FedbridgeError `DELIVERY_FAILED`
 */
export async function writeCredentialProcess(folder: string, script: string): Promise<(role: string) => string> {
  if (process.platform === 'win32') {
    const words = [process.execPath, script, 'credentials', folder];
    return (role) => processCommand([...words, role]);
  }
  const words = [process.execPath, script, 'credentials', folder].map(shellQuoted);
  const path = join(folder, launcher);
  // From the folder, where the socket is found however long the path is; without what a later step's own Node is to load.
  const text = `unset NODE_OPTIONS\ncd ${shellQuoted(folder)} && exec ${words.join(' ')} "$1"\n`;
  await promises.writeFile(path, text, { mode: 0o600, flag: 'wx' });
  return (role) => processCommand(['/bin/sh', path, role]);
}
