import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTarGzip } from 'nanotar';

/** The version that is published. */
export const agentVersion = '4.266.2';

interface AgentPackage {
  readonly archive: Buffer;
  /** SHA-256 of the archive, in hexadecimal. */
  readonly hash: string;
}

const made = new Map<string, Promise<AgentPackage>>();

/** An agent's package: the scripts that the real one has, on a stand-in that calls the emulator as the real one does. */
export function standInPackage(version = agentVersion): Promise<AgentPackage> {
  const known = made.get(version) ?? make(version);
  made.set(version, known);
  return known;
}

const listener = `#!/bin/bash
cd -P "$(dirname "\${BASH_SOURCE[0]}")/.." || exit 1
exec node "$PWD/bin/agent.mjs" "$@"
`;

/** Source: microsoft/azure-pipelines-agent, `src/Misc/layoutroot/config.sh`. */
const config = `#!/bin/bash
cd -P "$(dirname "\${BASH_SOURCE[0]}")" || exit 1
if [[ "$1" == "remove" ]]; then ./bin/Agent.Listener "$@"; else ./bin/Agent.Listener configure "$@"; fi
`;

/**
 * Waits for the agent as the real one's script does, without `exec` and without a trap: a signal to the shell alone does not reach the
 * agent; and starts it again after an update if it runs one job, once and without looking whether the update is over.
 * Source: microsoft/azure-pipelines-agent, `src/Misc/layoutroot/run.sh`.
 */
const run = `#!/bin/bash
DIR="$(cd -P "$(dirname "\${BASH_SOURCE[0]}")" && pwd)"
"$DIR"/bin/Agent.Listener run "$@"
returnCode=$?
if [[ $returnCode == 4 ]]; then
  sleep 5
  "$DIR"/bin/Agent.Listener run "$@"
else
  exit $returnCode
fi
`;

async function make(version: string): Promise<AgentPackage> {
  const source = await readFile(join(dirname(fileURLToPath(import.meta.url)), 'stand-in-agent.ts'), 'utf8');
  const agent = stripTypeScriptTypes(source).replaceAll(agentVersion, version);
  const executable = { mode: '755', mtime: 0 };
  const archive = Buffer.from(
    await createTarGzip([
      { name: 'config.sh', data: config, attrs: executable },
      { name: 'run.sh', data: run, attrs: executable },
      { name: 'bin/Agent.Listener', data: listener, attrs: executable },
      { name: 'bin/agent.mjs', data: agent, attrs: { mode: '644', mtime: 0 } },
    ]),
  );
  return { archive, hash: createHash('sha256').update(archive).digest('hex') };
}
