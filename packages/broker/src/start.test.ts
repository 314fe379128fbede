import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realSystem } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import type { BrokerPlan } from './plan.ts';
import { serve } from './server.ts';
import { startBroker } from './start.ts';

/** How many sockets of this process listen. */
const listening = () => process.getActiveResourcesInfo().filter((one) => /ServerWrap$/.test(one)).length;

it.each(['https_proxy', 'HTTPS_PROXY'])(
  "has the password of the machine's proxy in its plan, and none in its environment: %s",
  async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'broker-'));
    const script = join(folder, 'broker.js');
    writeFileSync(
      script,
      `require('node:fs').writeFileSync('environment', JSON.stringify(process.env)); console.log('{"port":1}');`,
    );
    const url = 'http://user:hunter2@agent:3128/';
    const proxy = { url, bypass: [], source: 'Agent', account: 'See it.' };
    const order = { folder, network: { proxy } } as unknown as BrokerPlan;
    await startBroker(order, { script }, realSystem({ [name]: url, NO_PROXY: 'x' }));
    const environment = readFileSync(join(folder, 'environment'), 'utf8');
    expect(environment).toContain('NO_PROXY');
    expect(environment).not.toContain('hunter2');
  },
);

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
