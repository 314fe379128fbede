import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokerIn } from '../harness/broker-processes.ts';
import type { Step } from '../harness/job.ts';
import { input, mainJourneys } from '../harness/journeys.ts';
import { sharedSetup } from '../harness/setup.ts';

const nobody = { uid: 65534, gid: 65534 };
const cannot =
  process.getuid?.() === 0 && spawnSync(process.execPath, ['-e', '0'], nobody).status === 0
    ? undefined
    : 'needs root, and a Node that others can run';
const title = 'a broker whose port another user of the machine fills';

/** Connections that are opened anew as soon as they are closed, silent, with half a head, or asking with no secret. Prints a line once they are going. */
const attack = `
  const { connect } = require('node:net');
  const [port, most] = process.argv.slice(1).map(Number);
  let opened = 0;
  const one = (words) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(words);
      if (++opened === most) console.log('going');
    });
    socket.on('error', () => {}).on('data', () => {}).on('close', () => setImmediate(one, words));
  };
  for (let n = 0; n < most; n += 1) one(['', 'GET / HTTP/1.1\\r\\n', 'GET /aws/main HTTP/1.1\\r\\nhost: 127.0.0.1:' + port + '\\r\\n\\r\\n'][n % 3]);
`;
const requests = 50;

describe.skipIf(cannot)(cannot ? `${title} (${cannot})` : title, () => {
  let emulator: Emulator;
  let step: Step;
  let url = '';
  let authorization = '';

  beforeAll(async () => {
    emulator = await startEmulator({ setup: sharedSetup });
    const [journey] = mainJourneys;
    if (!journey) throw new Error('no journey');
    step = journey.start(emulator, { inputs: input(journey, 'keep-fresh', 'true') });
    const { exported, error } = await step.run();
    if (error) throw new Error(error);
    url = exported.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '';
    authorization = readFileSync(exported.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE ?? '', 'utf8');
  });

  afterAll(async () => {
    await step.cleanUp();
    await emulator.close();
  });

  const attackedBy = async (attackers: number) => {
    const all = Array.from({ length: attackers }, () =>
      spawn(process.execPath, ['-e', attack, new URL(url).port, '800'], {
        ...nobody,
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    );
    await Promise.all(all.map(({ stdout }) => once(stdout, 'data')));
    return all;
  };

  const ask = (agent: Agent): Promise<string> =>
    new Promise((resolve) => {
      const request = get(url, { agent, headers: { authorization } }, (response) => {
        response.resume().on('end', () => resolve(`${response.statusCode}${request.reusedSocket ? ', same' : ''}`));
      }).on('error', (error) => {
        // One that was idle may be closed for its age while it is asked, as every client knows.
        resolve(request.reusedSocket ? ask(agent) : error.message);
      });
    });

  it('serves whoever has the secret, on new connections and on those that it has', async () => {
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await ask(kept)).toBe('200');
    const all = await attackedBy(2);
    const [onNew, onKept]: [string[], string[]] = [[], []];
    for (let n = 0; n < requests; n += 1) {
      onNew.push(await ask(new Agent()));
      onKept.push(await ask(kept));
    }
    for (const attacker of all) attacker.kill('SIGKILL');
    kept.destroy();
    expect(onNew.filter((answer) => answer !== '200')).toEqual([]);
    expect([...new Set(onKept)]).toContain('200, same');
    expect(onKept.filter((answer) => !answer.startsWith('200'))).toEqual([]);
  });

  it('holds no more connections than it wants, and no more memory than those take', async () => {
    const broker = await brokerIn(step.tempDirectory);
    expect(await ask(new Agent())).toBe('200');
    const memory = () => Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${broker}/status`, 'utf8'))?.[1]);
    const [before, files] = [memory(), readdirSync(`/proc/${broker}/fd`).length];
    const all = await attackedBy(3);
    const held: number[] = [];
    for (let n = 0; n < requests / 5; n += 1) {
      expect(await ask(new Agent())).toBe('200');
      held.push(readdirSync(`/proc/${broker}/fd`).length - files);
    }
    for (const attacker of all) attacker.kill('SIGKILL');
    // 2,400 come again and again. What is held beside the bound is on its way out, or has shown the secret.
    expect(Math.max(...held)).toBeLessThan(1024 + 256);
    // A connection costs some ten kB, and its buffers.
    expect(memory() / before).toBeLessThan(4);
  });
});

it('a broker that may have few files open serves whoever has the secret, however many connections are silent', async () => {
  // Other shells than bash drop variables with a hyphen in their names.
  const node = join(mkdtempSync(join(tmpdir(), 'few-files-')), 'node');
  writeFileSync(node, `#!/bin/bash\nulimit -n 96 && exec '${process.execPath}' "$@"\n`);
  chmodSync(node, 0o700);
  await using emulator = await startEmulator({ setup: sharedSetup });
  const [journey] = mainJourneys;
  if (!journey) throw new Error('no journey');
  const step = journey.start(emulator, { inputs: input(journey, 'keep-fresh', 'true'), node });
  const { exported, error } = await step.run();
  expect(error).toBeUndefined();
  const url = exported.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '';
  const authorization = readFileSync(exported.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE ?? '', 'utf8');
  const silent = Array.from({ length: 300 }, () =>
    connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {}),
  );
  await Promise.all(silent.map((socket) => once(socket, 'connect')));
  const ask = () => fetch(url, { headers: { authorization, connection: 'close' } }).then(({ status }) => status);
  expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 200]);
  for (const socket of silent) socket.destroy();
  await step.cleanUp();
});
