import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realSystem } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import type { BrokerPlan } from './plan.ts';
import { serve } from './server.ts';
import { startBroker } from './start.ts';

/** How many sockets of this process listen. */
const listening = () => process.getActiveResourcesInfo().filter((one) => /ServerWrap$/.test(one)).length;

describe('what was opened before something failed', () => {
  it('is closed: the socket of a broker that cannot be spawned', async () => {
    const before = listening();
    const folder = join(mkdtempSync(join(tmpdir(), 'broker-')), 'file');
    writeFileSync(folder, '');
    const started = startBroker({ folder } as BrokerPlan, { script: 'none.js' }, realSystem({}));
    await expect(started).rejects.toMatchObject({ code: 'DELIVERY_FAILED', message: expect.stringContaining(folder) });
    await expect.poll(listening).toBe(before);
  });

  it('is closed: the port of a server that has no place for its other socket', async () => {
    const before = listening();
    const socket = join(mkdtempSync(join(tmpdir(), 'broker-')), 'no-such-folder', 'socket');
    await expect(serve([], { listener: undefined, socket })).rejects.toMatchObject({
      code: expect.stringMatching(/^E/),
    });
    await expect.poll(listening).toBe(before);
  });
});
