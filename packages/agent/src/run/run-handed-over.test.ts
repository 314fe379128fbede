import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realSystem } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { runHandedOver } from './run-handed-over.ts';
import { StoppableWaits } from './stoppable-waits.ts';

/** In time that passes when it is waited for. @param meanwhile - what happens then */
function runIn(folder: string, meanwhile: (now: number) => void = () => {}, stop = new AbortController().signal) {
  let now = 0;
  const sleep = async (ms: number) => {
    now += ms;
    meanwhile(now);
    await new Promise((resolve) => setTimeout(resolve, 1));
  };
  const system = { ...realSystem({ ...process.env }), now: () => now, sleep };
  const waits = new StoppableWaits(system, stop);
  return runHandedOver(folder, join(folder, 'agent'), {}, { waits, log: () => {} });
}

describe.skipIf(process.platform === 'win32')('an agent that is to be handed over', () => {
  it('by nobody is waited for ten minutes, and no longer', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hand-'));
    let latest = 0;
    const ended = runIn(folder, (now) => {
      latest = now;
    });
    await expect(ended).rejects.toMatchObject({
      code: 'DELIVERY_FAILED',
      message: expect.stringContaining('Nobody hands over an agent at'),
    });
    expect(latest).toBeGreaterThanOrEqual(600_000);
  });

  it('and is asked to end while nobody is there to say whether it has a job: it has its time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hand-'));
    const agent = { name: 'one', folder: join(folder, '4.266.2'), once: true };
    const hasBegun = join(folder, 'has-begun');
    mkdirSync(join(agent.folder, 'bin'), { recursive: true });
    const listener = `#!/bin/sh\ntouch ${hasBegun}\nwhile [ -e ${hasBegun} ]; do sleep 0.1; done\nexit 5\n`;
    writeFileSync(join(agent.folder, 'bin', 'Agent.Listener'), listener, { mode: 0o755 });
    const answers = [{ agent }, { exitCode: 0 }];
    const serve = () => {
      const server = createServer(({ url }, response) =>
        response.end(JSON.stringify(url === '/drain' ? {} : answers.shift())),
      );
      return new Promise<typeof server>((resolve) => {
        server.listen(join(folder, 'fedbridge.sock'), () => resolve(server));
      });
    };
    const server = await serve();
    const stop = new AbortController();
    let wentAt: number | undefined;
    let isBack = false;
    const meanwhile = (now: number) => {
      if (!stop.signal.aborted || isBack) return;
      wentAt ??= now;
      if (now - wentAt < 1_200_000) return;
      isBack = true;
      rmSync(hasBegun);
      void serve().then((again) => again.unref());
    };
    const ended = runIn(folder, meanwhile, stop.signal);
    while (!existsSync(hasBegun)) await new Promise((resolve) => setTimeout(resolve, 20));
    server.close();
    stop.abort('SIGTERM');
    expect([await ended, isBack]).toEqual([0, true]);
  });

  it('and a socket that answers what it likes: what it says is asked for again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hand-'));
    const answers = ['no', '{', '{"exitCode":7}'];
    const server = createServer((_request, response) => {
      const answer = answers.shift() ?? '';
      response.writeHead(answer === 'no' ? 500 : 200).end(answer);
    });
    await new Promise<void>((resolve) => server.listen(join(folder, 'fedbridge.sock'), resolve));
    expect(await runIn(folder)).toBe(7);
    server.close();
  });

  it('is not waited for where the path of its socket is too long', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'hand-')), 'long'.repeat(30));
    await expect(runIn(folder)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });
});
