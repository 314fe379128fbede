import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realSystem } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { listen } from './listen.ts';
import { StoppableWaits } from './stoppable-waits.ts';

/** Runs a script as the agent, in time that passes when it is waited for. */
async function listenTo(script: string, once = false) {
  const folder = mkdtempSync(join(tmpdir(), 'listen-'));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'Agent.Listener'), `#!/bin/sh\necho "$*" >>started\n${script}\n`, { mode: 0o755 });
  let now = 0;
  const sleep = async (ms: number) => {
    now += ms;
  };
  const waits = new StoppableWaits(
    { ...realSystem({ ...process.env }), now: () => now, sleep },
    new AbortController().signal,
  );
  const lines: string[] = [];
  const drain = () => Promise.reject(new Error('nobody asks for it'));
  const log = (line: string) => lines.push(line);
  const outcome = await listen({ folder, name: 'one' }, { once, shareIdentity: false }, { waits, log, drain }).catch(
    (error: Error) => error,
  );
  const started = readFileSync(join(folder, 'started'), 'utf8').trim().split('\n');
  return { outcome, started, lines, folder };
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe.skipIf(process.platform === 'win32')('an agent that ends', () => {
  it.each([
    ['stays', false, 3, 'run --startuptype service'],
    ['runs one job', true, 4, 'run --once'],
  ])('and %s: with the code of an update it is started again, with any other not', async (_title, once, code, args) => {
    // The version is the same again, which is waited for and started all the same.
    const script = `test "$(wc -l <started)" -gt 2 || exit ${code}\nexit 7`;
    const { outcome, started, lines } = await listenTo(script, once);
    expect({ outcome, started }).toEqual({ outcome: 7, started: [args, args, args] });
    expect(lines.at(-1)).toBe('Agent one ended by itself, with exit code 7.');
  });

  it('and is not there after its update: it is told', async () => {
    const { outcome } = await listenTo('rm bin/Agent.Listener\nexit 3');
    expect(outcome).toMatchObject({
      code: 'DELIVERY_FAILED',
      message: expect.stringContaining('began to update itself'),
    });
  });

  it('by a signal: what it started does not live on', async () => {
    const { outcome, folder } = await listenTo('sleep 600 &\necho $! >child\nkill -9 $$');
    expect(outcome).toBe(1);
    const child = Number(readFileSync(join(folder, 'child'), 'utf8'));
    await expect.poll(() => isThere(child)).toBe(false);
  });
});
