import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloudsBehind, hosts } from '../harness/clouds-behind.ts';
import { debianEnvironment, debianFile, hasDebian } from '../harness/debian.ts';
import { type Journey, mainJourneys } from '../harness/journeys.ts';
import { listening } from '../harness/listening.ts';
import { ServerProcess } from '../harness/server-process.ts';

const program = '/usr/bin/tinyproxy';

describe.skipIf(!hasDebian(program))(
  "tinyproxy (skipped: Debian's tinyproxy is neither installed nor in INTEROP_DEBIAN)",
  () => {
    it.concurrent.each(mainJourneys)('$title goes through it, with user name and password', async (journey) => {
      await using world = await behindTinyproxy();
      const run = await world.through(journey, 'user:p%61ss@');
      expect(run.error).toBeUndefined();
      expect(world.asked).toEqual([`${hosts[journey.cloud]}:443`]);
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
      await using world = await behindTinyproxy(setting);
      for (const journey of mainJourneys.slice(0, 2)) {
        const { error } = await world.through(journey, user);
        expect(error).toContain('[HTTP_PROXY]');
        expect(error).toContain(`Answer: ${answer}`);
        expect(error).toContain(hint);
      }
      expect(world.asked).toEqual([]);
    });
  },
);

/** Both clouds behind tinyproxy, which hands on to a proxy that knows the way. */
async function behindTinyproxy(setting = 'BasicAuth user pass') {
  const clouds = await cloudsBehind();
  const folder = mkdtempSync(join(tmpdir(), 'tinyproxy-'));
  const configuration = join(folder, 'tinyproxy.conf');
  const { port, server } = await listening((free) => {
    const lines = [
      `Port ${free}`,
      'Listen 127.0.0.1',
      `Upstream http 127.0.0.1:${clouds.port}`,
      setting,
      'LogLevel Error',
    ];
    writeFileSync(configuration, `${lines.join('\n')}\n`);
    const args = ['-d', '-c', configuration];
    return new ServerProcess(debianFile(program), args, debianEnvironment(), join(folder, 'said.txt'));
  });
  return {
    asked: clouds.asked,
    /** @param user - of the proxy's URL, with its @ */
    through: (journey: Journey, user: string) =>
      clouds.run(journey, { https_proxy: `http://${user}127.0.0.1:${port}` }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
      await clouds[Symbol.asyncDispose]();
    },
  };
}
