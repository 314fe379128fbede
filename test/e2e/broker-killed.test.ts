import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokerFiles, startBroker, stopBroker } from '@fedbridge/broker';
import { type RunningProcess, realSystem } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { brokerOf } from '../harness/broker-processes.ts';
import { root } from '../harness/process.ts';

const script = join(root, 'actions', 'aws-credentials', 'dist', 'broker', 'index.js');
const system = realSystem({ ...process.env });

async function start(limits: { readonly jobProcess?: RunningProcess; readonly endsAt?: number } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'broker-'));
  const order = {
    identity: { source: { kind: 'github' as const, environment: {} }, requiredClaims: [] },
    folder,
    endsAt: Date.now() + 3_600_000,
    jobProcess: undefined,
    aws: { audience: undefined, roles: [] },
    idTokens: true,
    ...limits,
  };
  return startBroker(order, script, system);
}

/** A stranger's try to take the port. */
const taken = (port: number) =>
  new Promise<string>((resolve) => {
    const server = createServer().on('error', ({ code }: { code?: string }) => resolve(code ?? 'error'));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve('free')));
  });

/** What a client with a secret is answered: the broker knows it, and has no such audience to give. */
const ask = ({ port, idTokenBearer }: { readonly port: number; readonly idTokenBearer: string }) =>
  new Promise<number | string | undefined>((resolve) => {
    const headers = { authorization: `Bearer ${idTokenBearer}` };
    get({ host: '127.0.0.1', port, path: '/id-token', headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    }).on('error', ({ code }: { code?: string }) => resolve(code));
  });
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((next) => setTimeout(next, 20));
}

/** Without what it takes to ask the platform. */
const served = 503;

describe.skipIf(process.platform !== 'linux')('a broker that something ends before its job', () => {
  it.concurrent.each(['SIGKILL', 'SIGTERM', 'SIGSEGV'])(
    '%s: its port stays its own, and clients are served again',
    async (signal) => {
      const broker = await start();
      expect(await ask(broker)).toBe(served);
      let pid: number | undefined;
      for (let round = 0; round < 3; round += 1) {
        pid = await brokerOf(broker.handle, pid);
        process.kill(pid, signal as NodeJS.Signals);
        // At no moment can a stranger have it, and whoever asks meanwhile waits.
        const asked = ask(broker);
        expect(await taken(broker.port)).toBe('EADDRINUSE');
        expect([served, 'ECONNRESET']).toContain(await asked);
        expect(await taken(broker.port)).toBe('EADDRINUSE');
        expect(await ask(broker)).toBe(served);
      }
      const authorization = join(broker.handle.folder, brokerFiles.awsAuthorization);
      expect(readFileSync(authorization, 'utf8')).toBe(broker.authorization);
      // One that is killed again as it begins is not counted.
      expect((await stopBroker(broker.handle, system))?.restarts).toBeGreaterThan(0);
      await until(async () => (await taken(broker.port)) === 'free');
      expect(existsSync(authorization)).toBe(false);
    },
  );

  it.concurrent('its supervisor killed, it serves on and ends as ever', async () => {
    const broker = await start();
    process.kill(broker.handle.process.pid, 'SIGKILL');
    await until(async () => !system.isRunning(broker.handle.process));
    expect(await ask(broker)).toBe(served);
    expect(await taken(broker.port)).toBe('EADDRINUSE');
    await stopBroker(broker.handle, system);
    await until(async () => (await taken(broker.port)) === 'free');
    await until(async () => !existsSync(join(broker.handle.folder, brokerFiles.stop)));
  });

  it.concurrent("both killed, its port is anybody's: a limit; the clean-up has no trouble", async () => {
    const broker = await start();
    const pid = await brokerOf(broker.handle);
    process.kill(broker.handle.process.pid, 'SIGKILL');
    process.kill(pid, 'SIGKILL');
    await until(async () => (await taken(broker.port)) === 'free');
    expect(await stopBroker(broker.handle, system)).toMatchObject({ restarts: 0 });
  });
});
