import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../harness/process.ts';

const agent = join(root, 'packages/emulator/src/azure-devops/stand-in-agent.ts');

/** Configures an agent at a server that breaks so many connections first. */
async function configure(broken: number) {
  let connections = 0;
  const server = createServer({ keepAlive: false }, (request, response) => {
    const isAgent = request.url?.endsWith('/agents') && request.method === 'POST';
    const answer = isAgent
      ? { id: 3, authorization: { token: 't' } }
      : { value: request.url?.includes('/pools?') ? [{ id: 7 }] : [] };
    response.writeHead(200, { connection: 'close' }).end(JSON.stringify(answer));
  }).on('connection', (socket) => {
    connections += 1;
    if (connections <= broken) socket.resetAndDestroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const given = { URL: url, AUTH: 'pat', TOKEN: 'x', POOL: 'pool', AGENT: 'one' };
  const environment = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [`VSTS_AGENT_INPUT_${name}`, value]),
  );
  const folder = mkdtempSync(join(tmpdir(), 'stand-in-agent-'));
  const ended = await new Promise<{ readonly failed: boolean; readonly stdout: string; readonly stderr: string }>(
    (resolve) =>
      execFile(
        process.execPath,
        [agent, 'configure', '--unattended'],
        { env: environment, cwd: folder },
        (error, stdout, stderr) => resolve({ failed: error !== null, stdout, stderr }),
      ),
  );
  await new Promise((resolve) => server.close(resolve));
  return { ...ended, connections };
}

describe('the stand-in for the agent', () => {
  it('sends again what a broken connection took, as the agent does', async () => {
    expect(await configure(3)).toMatchObject({ failed: false, stdout: 'Settings Saved.\n', connections: 7 });
  });

  it('gives up in the end, and says why', async () => {
    const { failed, stderr, connections } = await configure(1_000);
    expect({ failed, connections }).toEqual({ failed: true, connections: 6 });
    expect(stderr).toMatch(/connectionData: (ECONNRESET|UND_ERR_SOCKET)/);
  });
});
