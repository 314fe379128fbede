import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realSystem } from '@fedbridge/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseOrganization } from '../organization.ts';
import { HandOver } from './hand-over.ts';
import { StoppableWaits } from './stoppable-waits.ts';

afterEach(() => void vi.useRealTimers());

describe.skipIf(process.platform === 'win32')(
  'an agent that is asked to end, in a container that does not end it',
  () => {
    it('is taken for ended after a while: a job of an agent that stays may have asked', async () => {
      const shared = mkdtempSync(join(tmpdir(), 'hand-'));
      const folder = join(shared, 'agents', '4.266.2');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, '.agent'), '{}');
      const terminated = new AbortController();
      const handOver = await HandOver.open({ shared, folder: join(shared, 'agents'), once: false }, terminated.signal);
      const lines: string[] = [];
      const waits = new StoppableWaits(realSystem({}), handOver.stop);
      const place = {
        organization: parseOrganization('https://dev.azure.com/contoso'),
        pool: 'p',
        name: 'one',
        work: '_work',
        folder,
      };
      vi.useFakeTimers({ toFake: ['setTimeout'] });
      const run = handOver.run(place, { waits, log: (line) => lines.push(line), drain: async () => {} });
      await new Promise((resolve) =>
        request({ socketPath: join(shared, 'fedbridge.sock'), path: '/drain', method: 'POST' }, resolve).end('{}'),
      );
      await vi.advanceTimersByTimeAsync(59_000);
      expect(lines).toEqual([]);
      await vi.advanceTimersByTimeAsync(2_000);
      expect(await run).toBe(1);
      expect([lines, handOver.stop.aborted]).toEqual([['The container of agent one does not end it.'], true]);
      terminated.abort();
      await handOver.serve(async () => 1);
    });
  },
);
