import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { machineEnvironment, type Variables } from '../harness/process.ts';
import { python, pythonHas } from '../harness/python.ts';
import { googleAccount, sharedSetup } from '../harness/setup.ts';
import { asks, exchangeInputs, exchangeStep } from '../harness/token-exchange.ts';
import { platforms } from '../harness/ways.ts';

const run = promisify(execFile);
/** Where test/interop/java-google is built. */
const java = process.env.INTEROP_JAVA_GOOGLE ?? '';

/** Each prints an access token of whom the environment leads it to. */
const clients = [
  {
    title: 'google-auth for Python',
    isThere: pythonHas('google.auth', 'requests'),
    command: python,
    args: [join(import.meta.dirname, 'google-auth-client.py')],
  },
  {
    title: 'google-auth-library for Node',
    isThere: true,
    command: process.execPath,
    args: [join(import.meta.dirname, 'google-auth-client.ts')],
  },
  {
    title: 'cloud.google.com/go/auth for Go',
    isThere: spawnSync('interop-google').error === undefined,
    command: 'interop-google',
    args: [],
  },
  {
    title: 'google-auth-library for Java',
    isThere: existsSync(join(java, 'InteropGoogleClient.class')),
    command: 'java',
    args: ['-cp', `${java}${delimiter}${join(java, '*')}`, 'InteropGoogleClient'],
    // It takes no other service.
    tls: true,
  },
];

/** Whom a job asks for ID tokens. */
const source = { github: 'github', 'azure-pipelines': 'azureDevOps' } as const;

describe.each(platforms)('on %s', (platform) => {
  describe.each(clients)('$title', ({ title, isThere, command, args, tls = false }) => {
    const skipped = isThere ? '' : `(skipped: no ${title}) `;

    it.skipIf(!isThere)(
      `${skipped}reads the credential file, and is the service account while the ID token lives`,
      async () => {
        await using job = await jobOf({});
        expect(await job.who()).toMatchObject({ principal: `serviceAccount:${googleAccount}` });
        job.emulator.clock.advance(7200);
        await expect(job.who()).rejects.toThrow(/stale|invalid_grant|expired/);
      },
    );

    it.skipIf(!isThere)(
      `${skipped}is the service account for as long as the job runs, where it is kept fresh`,
      async () => {
        // With less than half a minute left, each is asked for anew.
        await using job = await jobOf({ keepFresh: 'true' }, 29);
        const asked: number[] = [];
        for (let times = 0; times < 2; times += 1) {
          expect(await job.who()).toMatchObject({ principal: `serviceAccount:${googleAccount}` });
          asked.push(job.emulator.requests.filter(({ service }) => service === source[platform]).length);
        }
        expect(asked[1]).toBeGreaterThan(asked[0] ?? 0);
      },
    );

    async function jobOf(more: Variables, lifetimeSeconds = 300) {
      const emulator = await startEmulator({ setup: sharedSetup, tls });
      const inputs = { ...exchangeInputs.google(emulator, platform), ...more };
      const ca = join(mkdtempSync(join(tmpdir(), 'ca-')), 'ca.pem');
      writeFileSync(ca, emulator.ca ?? '');
      const trusting = tls ? { NODE_EXTRA_CA_CERTS: ca, SSL_CERT_FILE: ca } : {};
      const step = exchangeStep({ emulator, platform, lifetimeSeconds }, inputs, trusting);
      const { error, exported, outputs } = await step.run();
      expect(error).toBeUndefined();
      return {
        emulator,
        async who() {
          const { stdout } = await run(command, args, {
            env: { ...machineEnvironment(step.home), ...trusting, ...exported },
          });
          const token = stdout.trim();
          // Its own, and not the one that the step has got.
          expect(Object.values(outputs)).not.toContain(token);
          return (await asks(`${emulator.urls.google}/me`, token, emulator.ca)).body;
        },
        async [Symbol.asyncDispose]() {
          expect((await step.cleanUp()).exitCode).toBe(0);
          expect(step.files()).toEqual([]);
          await emulator.close();
        },
      };
    }
  });
});
