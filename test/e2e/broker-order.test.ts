import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { brokerIn, folderOf, supervisorOf } from '../harness/broker-processes.ts';
import { input, mainJourneys } from '../harness/journeys.ts';
import { sharedSetup } from '../harness/setup.ts';

/** A stranger's try to take a port. */
const take = (port: number) =>
  new Promise<string>((resolve) => {
    const server = createServer().on('error', ({ code }: { code?: string }) => resolve(code ?? 'error'));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve('free')));
  });

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((next) => setTimeout(next, 20));
}

describe.skipIf(process.platform !== 'linux')('the end of a job with keep-fresh', () => {
  it.concurrent.each(mainJourneys)(
    '$title: variables are taken back, then files removed, then the port is free',
    async (journey) => {
      await using emulator = await startEmulator({ setup: sharedSetup });
      const step = journey.start(emulator, { inputs: input(journey, 'keep-fresh', 'true') });
      const { exported, error } = await step.run();
      expect(error).toBeUndefined();
      const address = journey.cloud === 'AWS' ? 'AWS_CONTAINER_CREDENTIALS_FULL_URI' : 'IDENTITY_ENDPOINT';
      const port = Number(new URL(exported[address] ?? '').port);
      const broker = await brokerIn(step.tempDirectory);
      const [supervisor, folder] = [supervisorOf(broker), folderOf(broker)];
      const files = () => (existsSync(folder) ? readdirSync(folder).filter((file) => !/^status/.test(file)) : []);
      // Each is held where it is, so that the next has no time to come of itself.
      for (const pid of [broker, supervisor]) process.kill(pid, 'SIGSTOP');
      try {
        const cleaning = step.cleanUp();
        let settled = false;
        void cleaning.finally(() => {
          settled = true;
        });
        await until(() => settled || existsSync(join(folder, 'stop')));
        const { GITHUB_ENV } = step.places;
        if (GITHUB_ENV !== undefined) expect(readFileSync(GITHUB_ENV, 'utf8')).toContain(address);
        expect(await take(port)).toBe('EADDRINUSE');

        process.kill(broker, 'SIGCONT');
        await until(() => files().length === 0);
        const { stdout, exported: atTheEnd } = await cleaning;
        expect(atTheEnd[address]).toBe('');
        expect(stdout.indexOf('Kept fresh: ')).toBeGreaterThan(
          journey.platform === 'Azure Pipelines' ? stdout.indexOf(`variable=${address};`) : -1,
        );
        expect(await take(port)).toBe('EADDRINUSE');

        process.kill(supervisor, 'SIGCONT');
        await until(async () => (await take(port)) === 'free');
      } finally {
        for (const pid of [broker, supervisor]) if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGCONT');
      }
    },
  );
});
