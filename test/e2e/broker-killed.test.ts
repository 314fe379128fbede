/**
 * Tests as well:
 * - packages/broker/src/supervised.ts
 */

import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseRoleArn, parseSessionName } from '@fedbridge/aws';
import { authorizationFile, type FreshRole, orderRoles } from '@fedbridge/aws/keep-fresh';
import { type BrokerOrder, brokerFiles, startBroker, stopBroker } from '@fedbridge/broker';
import { parseEndpoint, realSystem } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { brokerIn, brokerOf, supervisorOf } from '../harness/broker-processes.ts';
import { root } from '../harness/process.ts';

const script = join(root, 'actions', 'aws-credentials', 'dist', 'broker', 'index.js');
const system = realSystem({ ...process.env });

const lease = {
  value: { accessKeyId: 'ASIAHELD', secretAccessKey: 'held-secret', sessionToken: 'held-token' },
  expiresAt: Date.parse('2099-01-02T03:04:05Z'),
};
const role: FreshRole = {
  name: 'main',
  request: {
    endpoint: parseEndpoint('https://sts.amazonaws.com/', 'STS'),
    region: 'eu-central-1',
    path: [parseRoleArn('arn:aws:iam::123456789012:role/deploy')],
    sessionName: parseSessionName('broker'),
    tags: [],
    transitiveTagKeys: [],
    plainSecret: false,
  },
  lease,
};

async function start(limits: Partial<Pick<BrokerOrder, 'jobProcess' | 'endsAt' | 'folder' | 'tokenFile'>> = {}) {
  const { folder = await mkdtemp(join(tmpdir(), 'broker-')) } = limits;
  const order = {
    identity: { source: { kind: 'github' as const, environment: {} }, requiredClaims: [] },
    folder,
    endsAt: Date.now() + 3_600_000,
    endsBy: 'keep-fresh-max',
    jobProcess: system.processOf(process.pid),
    endpoints: orderRoles({ audience: undefined, roles: [role], profileInput: 'aws-profile' }),
    idTokens: true,
    ...limits,
  };
  return startBroker(order, { script }, system);
}

/** A stranger's try to take the port. */
const taken = (port: number) =>
  new Promise<string>((resolve) => {
    const server = createServer().on('error', ({ code }: { code?: string }) => resolve(code ?? 'error'));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve('free')));
  });

/** What a client with a secret is answered: the broker knows it, and has no such audience to give. */
const ask = async ({ port, secrets }: Awaited<ReturnType<typeof start>>) => {
  const { status, code } = await askAs('/id-token', `Bearer ${secrets.idTokens}`, port);
  return status ?? code;
};

interface Answered {
  readonly status?: number | undefined;
  readonly body?: string;
  /** Why there is no answer. */
  readonly code?: string | undefined;
}

const askAs = (path: string, authorization: string, port: number) =>
  new Promise<Answered>((resolve) => {
    get({ host: '127.0.0.1', port, path, headers: { authorization }, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, body }));
      // Killed in the middle of its answer.
      response.on('error', ({ code }: { code?: string }) => resolve({ code }));
    }).on('error', ({ code }: { code?: string }) => resolve({ code }));
  });

/** What a profile's `credential_process` prints. */
const credentials = async ({ folder }: { readonly folder: string }) => {
  const { stdout } = await promisify(execFile)(process.execPath, [script, 'credentials', folder, 'main'], {
    cwd: folder,
  });
  return (JSON.parse(stdout) as { readonly AccessKeyId: string }).AccessKeyId;
};

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((next) => setTimeout(next, 20));
}

/** How often the first thread of a process, where Node handles signals, went to sleep [proc_pid_status(5)]. */
const sleeps = (pid: number) => Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(statusOf(pid))?.[1]);
const isAsleep = (pid: number) => /^State:\s+S/m.test(statusOf(pid));
const statusOf = (pid: number) => readFileSync(`/proc/${pid}/task/${pid}/status`, 'utf8');

/** Without what it takes to ask the platform. */
const served = 503;

describe.skipIf(process.platform !== 'linux')('a broker that something ends before its job', () => {
  it.concurrent.each(['SIGKILL', 'SIGTERM', 'SIGSEGV'])(
    '%s: its port stays its own, and clients are served again',
    async (signal) => {
      const broker = await start({ tokenFile: { audience: undefined, lease: { ...lease, value: 'token' } } });
      expect(await ask(broker)).toBe(served);
      const files = [authorizationFile, brokerFiles.idToken].map((file) => join(broker.handle.folder, file));
      // Clients read them at every moment.
      const areThere = () =>
        expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual([broker.secrets.aws, 'token']);
      let pid: number | undefined;
      for (let round = 0; round < 3; round += 1) {
        pid = await brokerOf(broker.handle, pid);
        const killed = system.processOf(pid);
        process.kill(pid, signal as NodeJS.Signals);
        // At no moment can a stranger have it, and whoever asks meanwhile waits.
        const asked = ask(broker);
        expect(await taken(broker.port)).toBe('EADDRINUSE');
        await until(async () => !system.isRunning(killed));
        areThere();
        expect([served, 'ECONNRESET']).toContain(await asked);
        expect(await taken(broker.port)).toBe('EADDRINUSE');
        // What the one that ends has begun to read is lost with it.
        await until(async () => (await ask(broker)) === served);
        areThere();
      }
      // One that is killed again as it begins is not counted.
      expect((await stopBroker(broker.handle, system))?.restarts).toBeGreaterThan(0);
      await until(async () => (await taken(broker.port)) === 'free');
      expect(files.filter(existsSync)).toEqual([]);
    },
  );

  it.concurrent.each(['SIGKILL', 'SIGTERM'])('%s: who asks as a profile does waits for the next', async (signal) => {
    const broker = await start();
    let pid: number | undefined;
    for (let round = 0; round < 3; round += 1) {
      pid = await brokerOf(broker.handle, pid);
      process.kill(pid, signal as NodeJS.Signals);
      const all = Array.from({ length: 2 }, () => credentials(broker.handle));
      expect(await Promise.all(all)).toEqual(all.map(() => lease.value.accessKeyId));
    }
    await stopBroker(broker.handle, system);
  });

  it.concurrent.each(['that can be seen', 'that cannot be seen'])(
    'its time passed while the job runs, %s: its port stays its own and refuses, killed or not',
    async (which) => {
      const job = spawn('sleep', ['3600']);
      const jobProcess = which === 'that can be seen' ? system.processOf(job.pid ?? 0) : undefined;
      // It must not have begun by then: from the first moment or later, it comes to that.
      const broker = await start({ endsAt: Date.now() + 2_000, jobProcess });
      const answer = () => askAs('/aws/main', broker.secrets.aws, broker.port);
      const refused = { status: served, body: expect.stringContaining('keep-fresh-max') };
      const isRefused = async () => (await answer()).body?.includes('keep-fresh-max') === true;
      await until(isRefused);
      const pid = await brokerOf(broker.handle);
      expect(await answer()).toEqual(refused);
      expect(await askAs('/id-token', `Bearer ${broker.secrets.idTokens}`, broker.port)).toEqual(refused);
      expect(await taken(broker.port)).toBe('EADDRINUSE');
      process.kill(pid, 'SIGKILL');
      expect(await taken(broker.port)).toBe('EADDRINUSE');
      await brokerOf(broker.handle, pid);
      await until(isRefused);
      job.kill('SIGKILL');
      // As the runner or the agent does before the next job.
      if (jobProcess === undefined) await rm(broker.handle.folder, { recursive: true, maxRetries: 20 });
      await until(async () => (await taken(broker.port)) === 'free');
      expect(existsSync(join(broker.handle.folder, authorizationFile))).toBe(false);
      if (jobProcess) expect((await stopBroker(broker.handle, system))?.denied).toContain('keep-fresh-max');
    },
  );

  it.concurrent('it is stopped while a signal ends it: it is not started once more', async () => {
    const broker = await start();
    const pid = await brokerOf(broker.handle);
    const { folder } = broker.handle;
    // It waits in the middle of its end, to write its account, until somebody reads.
    const held = join(folder, `${brokerFiles.status}.next`);
    execFileSync('mkfifo', [held]);
    const connection = connect(broker.port, '127.0.0.1').on('error', () => {});
    await once(connection, 'connect');
    process.kill(pid, 'SIGTERM');
    await once(connection, 'close');
    writeFileSync(join(folder, brokerFiles.stop), '');
    await readFile(held);
    await until(async () => (await taken(broker.port)) === 'free');
    expect(readdirSync(folder)).toEqual([brokerFiles.status]);
  });

  it.concurrent('it is ended while it begins, and nobody is there to clear up after it: it leaves nothing', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'brokers-'));
    const folder = join(parent, 'broker');
    mkdirSync(folder);
    // It waits in the middle of its beginning, to write a token, until somebody reads.
    const held = join(folder, `${brokerFiles.idToken}.next`);
    execFileSync('mkfifo', [held]);
    const tokenFile = { audience: undefined, lease: { value: 'token', expiresAt: Date.now() + 3_600_000 } };
    void start({ folder, tokenFile }).catch(() => {});
    const pid = await brokerIn(parent);
    const authorization = join(folder, authorizationFile);
    await until(async () => existsSync(authorization));
    process.kill(supervisorOf(pid), 'SIGKILL');
    await until(async () => isAsleep(pid));
    const before = sleeps(pid);
    process.kill(pid, 'SIGTERM');
    // It has seen it, and waits again.
    await until(async () => sleeps(pid) > before && isAsleep(pid));
    expect(await readFile(held, 'utf8')).toBe('token');
    const { startedAt } = system.processOf(pid);
    await until(async () => !system.isRunning({ pid, startedAt }));
    expect(readdirSync(folder).filter((file) => file !== brokerFiles.status)).toEqual([]);
  });

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
