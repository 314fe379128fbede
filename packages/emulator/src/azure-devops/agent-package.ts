import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTarGzip } from 'nanotar';

/** The version that the stand-in says it is. */
export const agentVersion = '4.266.2';

interface AgentPackage {
  readonly archive: Buffer;
  /** SHA-256 of the archive, in hexadecimal. */
  readonly hash: string;
}

let made: Promise<AgentPackage> | undefined;

/** An agent's package: the scripts that the real one has, on a stand-in that calls the emulator as the real one does. */
export function standInPackage(): Promise<AgentPackage> {
  made ??= make();
  return made;
}

/**
 * Waits for the agent as the real one's scripts do, without `exec` and without a trap: a signal to the shell alone does not reach the agent.
 * Source: microsoft/azure-pipelines-agent, `src/Misc/layoutroot/run.sh`.
 */
const script = (command: string) => `#!/bin/bash
DIR="$(cd -P "$(dirname "\${BASH_SOURCE[0]}")" && pwd)"
cd "$DIR" || exit 1
node "$DIR"/bin/agent.mjs ${command} "$@"
exit $?
`;

async function make(): Promise<AgentPackage> {
  const agent = stripTypeScriptTypes(
    await readFile(join(dirname(fileURLToPath(import.meta.url)), 'stand-in-agent.ts'), 'utf8'),
  );
  const executable = { mode: '755', mtime: 0 };
  const archive = Buffer.from(
    await createTarGzip([
      { name: 'config.sh', data: script('configure'), attrs: executable },
      { name: 'run.sh', data: script('run'), attrs: executable },
      { name: 'bin/agent.mjs', data: agent, attrs: { mode: '644', mtime: 0 } },
    ]),
  );
  return { archive, hash: createHash('sha256').update(archive).digest('hex') };
}
