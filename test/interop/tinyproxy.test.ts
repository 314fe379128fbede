import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { debianEnvironment, debianFile, hasDebian } from '../harness/debian.ts';
import { input, type Journey, mainJourneys } from '../harness/journeys.ts';
import { startProxy } from '../harness/proxy.ts';
import { region, sharedSetup } from '../harness/setup.ts';

const program = '/usr/bin/tinyproxy';
const isInstalled = hasDebian(program);
const sts = `sts.${region}.amazonaws.com`;
const entra = 'login.microsoftonline.com';

describe.skipIf(!isInstalled)(
  "tinyproxy (skipped: Debian's tinyproxy is neither installed nor in INTEROP_DEBIAN)",
  () => {
    it.concurrent.each(mainJourneys)('$title goes through it, with user name and password', async (journey) => {
      await using world = await tunnelled();
      const run = await world.run(journey, 'user:p%61ss@');
      expect(run.error).toBeUndefined();
      expect(world.asked).toEqual([`${journey.cloud === 'AWS' ? sts : entra}:443`]);
      expect(run.visible).not.toMatch(/user:p(a|%61)ss/);
    });

    it.concurrent.each([
      ['no user name', 'BasicAuth user pass', '', 'HTTP 407', 'Give https_proxy a user name and password'],
      [
        'another password',
        'BasicAuth user pass',
        'user:other@',
        'HTTP 401',
        'does not accept the user name and password of https_proxy',
      ],
      [
        'a port that it does not allow',
        'ConnectPort 8443',
        'user:p%61ss@',
        'HTTP 403',
        'Let the proxy connect this machine to',
      ],
    ])('%s: what it says is told', async (_title, setting, user, answer, hint) => {
      await using world = await tunnelled(setting);
      for (const journey of mainJourneys.slice(0, 2)) {
        const { error } = await world.run(journey, user);
        expect(error).toContain('[HTTP_PROXY]');
        expect(error).toContain(`Answer: ${answer}`);
        expect(error).toContain(hint);
      }
      expect(world.asked).toEqual([]);
    });
  },
);

/** Both clouds under their real names behind tinyproxy, which hands on to a proxy that knows where the names lead here. */
async function tunnelled(setting = 'BasicAuth user pass') {
  const emulator = await startEmulator({ setup: sharedSetup, tls: true, hostnames: [sts, entra] });
  const behind = await startProxy({
    routes: { [`${sts}:443`]: emulator.urls.sts, [`${entra}:443`]: emulator.urls.entra },
  });
  const folder = mkdtempSync(join(tmpdir(), 'tinyproxy-'));
  const [ca, configuration] = [join(folder, 'ca.pem'), join(folder, 'tinyproxy.conf')];
  writeFileSync(ca, emulator.ca ?? '');
  const { port, tinyproxy } = await listening((free) => {
    const lines = [
      `Port ${free}`,
      'Listen 127.0.0.1',
      `Upstream http 127.0.0.1:${behind.port}`,
      setting,
      'LogLevel Error',
    ];
    writeFileSync(configuration, `${lines.join('\n')}\n`);
    return spawn(debianFile(program), ['-d', '-c', configuration], { stdio: 'ignore', env: debianEnvironment() });
  });
  return {
    asked: behind.asked,
    run: (journey: Journey, user: string) =>
      journey
        .start(emulator, {
          inputs: input(journey, journey.cloud === 'AWS' ? 'sts-endpoint' : 'authority-host', ''),
          environment: { NODE_EXTRA_CA_CERTS: ca, https_proxy: `http://${user}127.0.0.1:${port}` },
        })
        .run(),
    [Symbol.asyncDispose]: async () => {
      tinyproxy.kill();
      await once(tinyproxy, 'exit');
      await behind[Symbol.asyncDispose]();
      await emulator[Symbol.asyncDispose]();
    },
  };
}

/** It takes no port 0: one that was free a moment ago, and another if that is gone. */
async function listening(start: (port: number) => ChildProcess) {
  for (let attempts = 0; attempts < 5; attempts += 1) {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await new Promise((resolve) => server.close(resolve));
    const tinyproxy = start(port);
    while (tinyproxy.exitCode === null) {
      const probe = connect(port, '127.0.0.1');
      const reached = await once(probe, 'connect').then(
        () => true,
        () => false,
      );
      probe.destroy();
      if (reached) return { port, tinyproxy };
    }
  }
  throw new Error('tinyproxy does not start.');
}
