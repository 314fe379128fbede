import { connect } from 'node:net';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { noContainer, startContainer } from '../harness/container.ts';
import { input, mainJourneys } from '../harness/journeys.ts';
import { sharedSetup } from '../harness/setup.ts';

const reason = noContainer();

describe.skipIf(reason !== '')(`in a job's container ${reason}`, () => {
  it.concurrent.each(mainJourneys)('$title is kept fresh until the container is gone', async (journey) => {
    const emulator = await startEmulator({ setup: sharedSetup });
    const container = await startContainer();
    const step = journey.start(emulator, { node: container.node, inputs: input(journey, 'keep-fresh', 'true') });
    const run = await step.run();
    expect(run.error).toBeUndefined();
    const url = run.exported.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? run.exported.IDENTITY_ENDPOINT ?? '';
    const port = Number(new URL(url).port);
    // The launcher has ended with its task; a broker that took it for the job would notice within a fifth of a second.
    for (let round = 0; round < 15; round += 1) expect(await isServed(port)).toBe(true);
    container.remove();
    while (await isServed(port));
    await emulator.close();
  });

  it('a clean-up in it ends what a step in it began', async () => {
    const [journey] = mainJourneys;
    if (!journey) throw new Error('no journey');
    const emulator = await startEmulator({ setup: sharedSetup });
    const container = await startContainer();
    const step = journey.start(emulator, { node: container.node, inputs: input(journey, 'keep-fresh', 'true') });
    const run = await step.run();
    const port = Number(new URL(run.exported.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '').port);
    expect((await step.cleanUp()).stdout).toContain('Kept fresh: 0 renewals, 0 failures, no gap.');
    expect(await isServed(port)).toBe(false);
    container.remove();
    await emulator.close();
  });
});

/** Whether somebody listens, a tenth of a second from now. */
function isServed(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    setTimeout(() => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    }, 100);
  });
}
