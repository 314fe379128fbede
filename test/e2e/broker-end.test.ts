import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokerFiles, startBroker, stopBroker } from '@fedbridge/broker';
import { realSystem } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { root } from '../harness/process.ts';

describe('the end of a broker', () => {
  const script = join(root, 'actions', 'aws-credentials', 'dist', 'broker', 'index.js');
  const system = realSystem({ ...process.env });
  const start = async (limits: { readonly jobProcess?: number; readonly endsAt?: number }) => {
    const folder = await mkdtemp(join(tmpdir(), 'broker-'));
    const plan = {
      identity: { source: { kind: 'github' as const, environment: {} }, requiredClaims: [] },
      folder,
      endsAt: Date.now() + 3_600_000,
      jobProcess: undefined,
      aws: { audience: undefined, roles: [] },
      idTokens: false,
      ...limits,
    };
    return startBroker(plan, script, system.environment);
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
      const limits = { endsAt: Date.now() + 60_000, jobProcess: undefined };
      const { handle, port, identityHeader } = await startBroker({ ...plan, ...limits }, script, { ...secrets });
      expect(handle).toEqual({ pid: expect.any(Number), port, folder });
      expect(identityHeader).toMatch(/^[\w-]{43}$/);
      expect(readFileSync(`/proc/${handle.pid}/limits`, 'utf8')).toMatch(/^Max core file size\s+0\s+0/m);
      const variables = readFileSync(`/proc/${handle.pid}/environ`, 'utf8').split('\0');
      expect(variables).toEqual(expect.arrayContaining(['HTTPS_PROXY=http://127.0.0.1:9', 'RUNNER_TRACKING_ID=job']));
      expect(variables.join()).not.toContain('AWS_SECRET');
      expect(await stopBroker(handle, system)).toEqual({ renewals: 0, failures: 0, longestGapMs: 0 });
      await expect.poll(() => isGone(port)).toBe(true);
    },
  );

  it('killed, it is no trouble to whoever stops it', async () => {
    const { handle } = await start({});
    process.kill(handle.pid, 'SIGKILL');
    await expect.poll(() => isGone(handle.port)).toBe(true);
    expect(await stopBroker(handle, system)).toBeUndefined();
  });

  it('that cannot begin is an error', async () => {
    const plan = start({}).then(({ handle }) => stopBroker(handle, system));
    expect(await plan).toMatchObject({ renewals: 0, failures: 0 });
    const missing = { folder: '/nonexistent' } as never;
    await expect(startBroker(missing, script, system.environment)).rejects.toMatchObject({ code: 'DELIVERY_FAILED' });
    await expect(startBroker(missing, '/nonexistent.js', system.environment)).rejects.toMatchObject({
      message: 'The credential broker did not start: exit code 1.',
    });
  });

  it('comes when the process of its job is gone', async () => {
    const job = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    const { handle } = await start({ jobProcess: job.pid ?? 0 });
    expect(await isGone(handle.port)).toBe(false);
    job.kill('SIGKILL');
    await expect.poll(() => isGone(handle.port)).toBe(true);
    // It stops serving first.
    await expect.poll(() => existsSync(join(handle.folder, brokerFiles.awsAuthorization))).toBe(false);
  });

  it('comes when its time is up', async () => {
    // It must have begun by then, on a busy machine too.
    const { handle } = await start({ endsAt: Date.now() + 10_000 });
    await expect.poll(() => isGone(handle.port)).toBe(true);
  });
});
