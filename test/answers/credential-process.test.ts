import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authorizationFile } from '@fedbridge/aws/keep-fresh';
import { containerEndpoint } from '@fedbridge/aws/keep-fresh/container-endpoint';
import { brokerFiles } from '@fedbridge/broker';
import { runBroker } from '@fedbridge/broker/run';
import { realSystem } from '@fedbridge/core';
import { afterEach, describe, expect, it, vi } from 'vitest';

describe.skipIf(process.platform === 'win32')('whoever asks for credentials while the broker is started again', () => {
  const secrets = { AccessKeyId: 'ASIA', SecretAccessKey: 's', Token: 't', Expiration: '2099-01-01T00:00:00Z' };
  const serves: RequestListener = (_request, response) => response.end(JSON.stringify(secrets));
  const { Token: SessionToken, ...others } = secrets;
  const given = [{ Version: 1, ...others, SessionToken }];
  const servers: ReturnType<typeof createServer>[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });

  /** A folder of a broker, and what comes to pass in it at each wait. */
  const play = async (...moments: readonly ((folder: string) => unknown)[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'process-'));
    writeFileSync(join(folder, brokerFiles.status), '{}');
    const printed = vi.spyOn(console, 'log').mockReturnValue();
    const failed = vi.spyOn(console, 'error').mockReturnValue();
    let now = 0;
    let waits = 0;
    const sleep = async (ms: number) => {
      now += ms;
      waits += 1;
      await moments[waits]?.(folder);
    };
    await moments[0]?.(folder);
    const system = { ...realSystem({}), now: () => now, sleep };
    await runBroker(system, { platforms: [], endpoints: [containerEndpoint] }, ['credentials', folder, 'main']);
    const texts = ({ mock }: typeof printed) => mock.calls.map(([text]) => String(text));
    return { printed: texts(printed).map((line) => JSON.parse(line)), failed: texts(failed), waits, now };
  };
  const authorize = (folder: string) => writeFileSync(join(folder, authorizationFile), 'secret');
  const listen = (answer: RequestListener) => (folder: string) =>
    new Promise<void>((resolve) => {
      const path = join(folder, brokerFiles.socket);
      rmSync(path, { force: true });
      servers.push(createServer(answer).listen(path, resolve));
    });
  /** One that is killed leaves its socket behind, on which nobody listens. */
  const killed = async (folder: string) => {
    await listen(serves)(folder);
    const path = join(folder, brokerFiles.socket);
    const kept = join(folder, 'kept');
    execFileSync('ln', [path, kept]);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    execFileSync('mv', [kept, path]);
  };

  it('waits for it', async () => {
    // No file yet, no socket, a socket of one that is gone, then the new one.
    expect(await play(() => {}, authorize, killed, listen(serves))).toMatchObject({
      printed: given,
      failed: [],
      waits: 3,
    });
    expect(process.exitCode).toBeUndefined();
  });

  it.each<[string, RequestListener]>([
    ['before it answers', (request) => request.socket.destroy()],
    ['in the middle of its answer', (request, response) => response.write('{', () => request.socket.destroy())],
  ])('asks again where it is killed %s', async (_title, dies) => {
    const first = async (folder: string) => {
      authorize(folder);
      await listen(dies)(folder);
    };
    expect(await play(first, listen(serves))).toMatchObject({ printed: given, waits: 1 });
  });

  it('is told that it is gone where it does not come', async () => {
    const { failed, now } = await play(authorize);
    expect(failed).toEqual(['The credential broker of this job is gone: its credentials ended with it.']);
    expect(now).toBe(15_000);
    expect(process.exitCode).toBe(1);
  });

  it('is told so at once where its folder is gone', async () => {
    const gone = (folder: string) => rmSync(folder, { recursive: true });
    expect(await play(gone)).toMatchObject({ waits: 0, failed: [expect.stringContaining('is gone')] });
  });
});
