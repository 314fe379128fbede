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

async function make(): Promise<AgentPackage> {
  const agent = stripTypeScriptTypes(
    await readFile(join(dirname(fileURLToPath(import.meta.url)), 'stand-in-agent.ts'), 'utf8'),
  );
  const script = (command: string) => `#!/bin/sh\ncd "$(dirname "$0")" && exec node bin/agent.mjs ${command} "$@"\n`;
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
