import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authorizationFile, orderRoles } from '@fedbridge/aws/keep-fresh';
import { brokerFiles, startBroker, stopBroker } from '@fedbridge/broker';
import { type RunningProcess, realSystem } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { unended } from '../faults/traces.ts';
import { brokerOf } from '../harness/broker-processes.ts';
import { root } from '../harness/process.ts';

describe('the end of a broker', () => {
  const script = join(root, 'actions', 'aws-credentials', 'dist', 'broker', 'index.js');
  const system = realSystem({ ...process.env });
  const start = async (limits: { readonly jobProcess?: RunningProcess; readonly folder?: string }) => {
    const folder = await mkdtemp(join(tmpdir(), 'broker-'));
    const plan = {
      identity: { source: { kind: 'github' as const, environment: {} }, requiredClaims: [] },
      folder,
      endsAt: Date.now() + 3_600_000,
      endsBy: 'keep-fresh-max',
      jobProcess: system.processOf(process.pid),
      endpoints: orderRoles({ audience: undefined, roles: [], profileInput: 'aws-profile' }),
      idTokens: false,
      ...limits,
    };
    return startBroker(plan, { script }, system);
  };
  const isGone = (port: number) =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(false)).on('error', () => resolve(true));
      socket.on('connect', () => socket.destroy());
    });

  it.runIf(process.platform === 'linux')(
    'is of a process without core dumps, and with nothing of the job but its network',
    async () => {
      const secrets = { AWS_SECRET_ACCESS_KEY: 'x', HTTPS_PROXY: 'http://127.0.0.1:9', RUNNER_TRACKING_ID: 'job' };
      const folder = await mkdtemp(join(tmpdir(), 'broker-'));
      const plan = {
        identity: { source: { kind: 'github' as const, environment: {} }, requiredClaims: [] },
        folder,
        idTokens: false,
      };
      const limits = {
        endsAt: Date.now() + 3_600_000,
        endsBy: 'keep-fresh-max',
        jobProcess: system.processOf(process.pid),
      };
      const { handle, port, secrets: own } = await startBroker({ ...plan, ...limits }, { script }, realSystem(secrets));
      expect(handle).toEqual({ process: { pid: expect.any(Number), startedAt: expect.any(String) }, folder });
      expect(own.idTokens).toMatch(/^[\w-]{43}$/);
      const broker = await brokerOf(handle);
      expect(readFileSync(`/proc/${broker}/limits`, 'utf8')).toMatch(/^Max core file size\s+0\s+0/m);
      const variables = readFileSync(`/proc/${broker}/environ`, 'utf8').split('\0');
      expect(variables).toEqual(expect.arrayContaining(['HTTPS_PROXY=http://127.0.0.1:9', 'RUNNER_TRACKING_ID=job']));
      expect(variables.join()).not.toContain('AWS_SECRET');
      expect(await stopBroker(handle, system)).toEqual({ restarts: 0, renewals: 0, failures: 0, longestGapMs: 0 });
      await expect.poll(() => isGone(port)).toBe(true);
    },
  );

  it('that cannot begin is an error', async () => {
    const plan = start({}).then(({ handle }) => stopBroker(handle, system));
    expect(await plan).toMatchObject({ renewals: 0, failures: 0 });
    const missing = { folder: '/nonexistent' } as never;
    await expect(startBroker(missing, { script }, system)).rejects.toMatchObject({ code: 'DELIVERY_FAILED' });
    const there = { folder: await mkdtemp(join(tmpdir(), 'broker-')) } as never;
    await expect(startBroker(there, { script: '/nonexistent.js' }, system)).rejects.toMatchObject({
      message: 'The credential broker did not start: exit code 1.',
    });
  });

  it.skipIf(process.platform === 'win32')(
    'comes at once where it has no place to serve, and leaves nothing',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'broker-'));
      await mkdir(join(folder, brokerFiles.socket));
      await expect(start({ folder })).rejects.toMatchObject({
        message: 'The credential broker did not start: exit code 1.',
      });
      expect(await readdir(folder)).toEqual([brokerFiles.socket]);
      expect(await unended({ work: folder })).toEqual([]);
    },
  );

  it('comes at once where its handle cannot be kept', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'broker-'));
    const plan = { identity: { source: { kind: 'github' as const, environment: {} }, requiredClaims: [] }, folder };
    const limits = {
      endsAt: Date.now() + 3_600_000,
      endsBy: 'keep-fresh-max',
      jobProcess: system.processOf(process.pid),
      idTokens: false,
    };
    const full = new Error('full');
    const keep = () => {
      throw full;
    };
    await expect(startBroker({ ...plan, ...limits }, { script, keep }, system)).rejects.toBe(full);
    expect(await unended({ work: folder })).toEqual([]);
  });

  it('comes when the process of its job is gone', async () => {
    const job = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 3_600_000)']);
    const { handle, port } = await start({ jobProcess: { pid: job.pid ?? 0 } });
    expect(await isGone(port)).toBe(false);
    job.kill('SIGKILL');
    await expect.poll(() => isGone(port)).toBe(true);
    // It stops serving first.
    await expect.poll(() => existsSync(join(handle.folder, authorizationFile))).toBe(false);
  });

  it('of another job is not brought about: a process that was given its id is told nothing', async () => {
    const { handle, port } = await start({});
    const other = { process: { ...handle.process, startedAt: '1' }, folder: await mkdtemp(join(tmpdir(), 'broker-')) };
    expect(await stopBroker(other, system)).toBeUndefined();
    expect(await isGone(port)).toBe(false);
    await stopBroker(handle, system);
    await expect.poll(() => isGone(port)).toBe(true);
  });
});
