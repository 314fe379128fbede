import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The root of the repository. */
export const root = join(import.meta.dirname, '..', '..');

export type Variables = Readonly<Record<string, string>>;

/** What a machine has in every process's environment. */
export function machineEnvironment(home: string): Record<string, string> {
  // Nothing listens there: no test asks the network whether this machine has an identity.
  return { PATH: process.env.PATH ?? '', HOME: home, AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:9' };
}

/** The Node versions that jobs use and this machine has: the repository's own 24, and a 20 from the path. */
export function jobRuntimes(): { readonly name: string; readonly node: string }[] {
  const runtimes = [{ name: 'Node 24', node: process.execPath }];
  const older = (process.env.PATH ?? '')
    .split(':')
    .map((folder) => join(folder, 'node'))
    .find((node) => majorVersion(node) === 20);
  // It takes no TypeScript, which is what coverage is told of.
  if (older && process.env.COVERAGE === undefined) runtimes.push({ name: 'Node 20', node: older });
  return runtimes;
}

function majorVersion(node: string): number | undefined {
  try {
    const version = execFileSync(node, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return Number(/^v(\d+)\./.exec(version)?.[1]);
  } catch {
    return undefined;
  }
}
